"""From an award's lines to orders: who sells what to the buyer, for how much, shared how.

One order per winning bidder. A firm sells for itself. A network with a single contract sells
through its lead firm, and each member has a share of the order's total by the workshares of its
lines. In a network whose members contract severally each member with a workshare has an order of
its own: of every line it answers for its part of the quantity in each period, in whole increments
of the lot, and for its part of every amount.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from app.awards import exact
from app.awards.lines import Line
from app.kit.types import round_money
from app.orders.division import divide, divide_finely, divide_series, smallest_unit


@dataclass(frozen=True, slots=True)
class Seller:
    """A winning bidder as a party to contracts; a single firm is its own lead and only member."""

    bidder_id: str
    lead_id: str
    members: tuple[str, ...]
    network_id: str | None = None
    several: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """An order that is not placed yet; `shares` are its firms' parts of the total."""

    seller_id: str
    network_id: str | None
    lines: tuple[Line, ...]
    total: Decimal
    shares: Mapping[str, Decimal]


def draft_orders(
    lines: Iterable[Line],
    sellers: Iterable[Seller],
    *,
    increments: Mapping[str, Decimal],
    currency: str,
) -> list[Draft]:
    """Return the orders of an award, seller by seller; `increments` are the lots'."""
    theirs: dict[str, list[Line]] = {}
    for line in lines:
        theirs.setdefault(line.bidder, []).append(line)
    drafts: list[Draft] = []
    for seller in sellers:
        own = theirs[seller.bidder_id]
        if seller.several:
            drafts.extend(_several(seller, own, increments, currency))
        else:
            drafts.append(_single(seller, own, currency))
    return drafts


def _rounded(lines: Iterable[Line], currency: str) -> Decimal:
    """Round what the contract states, once: no line and no part of one was rounded before."""
    return round_money(exact.total(line.total for line in lines), currency)


def _single(seller: Seller, lines: Sequence[Line], currency: str) -> Draft:
    total = _rounded(lines, currency)
    weights = dict.fromkeys(seller.members, Fraction(0))
    for line in lines:
        parts = sum(line.workshare.values(), Fraction(0))
        for firm, part in line.workshare.items():
            weights[firm] += Fraction(line.total) * part / parts
    if not any(weights.values()):  # work given away still has somebody who answers for it
        weights[seller.lead_id] = Fraction(1)
    return Draft(
        seller_id=seller.lead_id,
        network_id=seller.network_id,
        lines=tuple(lines),
        total=total,
        shares=divide(total, weights, smallest_unit(currency)),
    )


def _several(
    seller: Seller, lines: Sequence[Line], increments: Mapping[str, Decimal], currency: str
) -> list[Draft]:
    theirs: dict[str, list[Line]] = {member: [] for member in seller.members}
    for line in lines:
        for firm, part in _parts(line, increments[line.lot]).items():
            theirs[firm].append(part)
    drafts = []
    for member, own in theirs.items():
        if own:
            total = _rounded(own, currency)
            drafts.append(Draft(member, seller.network_id, tuple(own), total, {member: total}))
    return drafts


def _parts(line: Line, increment: Decimal) -> dict[str, Line]:
    """Divide a line among the firms that have a workshare of it."""
    weights = {firm: part for firm, part in line.workshare.items() if part}
    quantities = divide_series(line.quantities, weights, increment)
    price, setup, delivery, freight = (
        divide_finely(amount, weights)
        for amount in (line.price, line.setup, line.delivery, line.freight)
    )
    return {
        firm: replace(
            line,
            quantities=tuple(quantity[firm] for quantity in quantities),
            price=price[firm],
            setup=setup[firm],
            delivery=delivery[firm],
            freight=freight[firm],
            workshare={firm: Fraction(1)},
        )
        for firm in weights
    }
