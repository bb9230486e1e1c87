"""What a verified result awards: lines with exact amounts, winners, and the capacity they need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.allocation import document
from app.allocation.elements import Offer
from app.awards import exact
from app.awards.errors import NotAwardable, NothingToAward
from app.awards.lines import Line

_FRAME = ("format", "currency", "periods", "lots", "firms", "bidders", "resources")
_UNPAID = ("packages", "charges", "discounts")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an award would decide."""

    lines: tuple[Line, ...]
    winners: Mapping[str, tuple[str, ...]]  # bidder -> its firms
    needs: Mapping[str, Sequence[Decimal]]  # resource -> one amount per period
    complete: bool
    evaluated_cost: Decimal

    @property
    def total(self) -> Decimal:
        """What the winners are paid together, exactly."""
        return exact.total(line.total for line in self.lines)


def outcome_of(problem: Mapping[str, Any], result: Mapping[str, Any]) -> Outcome:
    """Return what a result decides about the problem that it was verified against.

    Raises
    ------
    NothingToAward
        The result allocates nothing.
    NotAwardable
        It pays for something that is no offer: a package, a charge or a discount. Bids cannot
        state these yet, so that only a problem made elsewhere has them.
    """
    if not result.get("allocations"):  # an infeasible or unsolved result carries none
        raise NothingToAward
    for element in _UNPAID:
        if result.get(element):
            raise NotAwardable(element=element)
    offers = _offers(problem, {entry["offer"] for entry in result["allocations"]})
    lines = tuple(_line(offers[entry["offer"]], entry) for entry in result["allocations"])
    bidders = {line.bidder for line in lines}
    return Outcome(
        lines=lines,
        winners={
            entry["id"]: tuple(entry["members"])
            for entry in problem["bidders"]
            if entry["id"] in bidders
        },
        needs=_needs(offers, lines),
        complete=result["complete"],
        evaluated_cost=Decimal(result["cost"]["total"]),
    )


def _offers(problem: Mapping[str, Any], used: set[str]) -> Mapping[str, Offer]:
    """Read the used offers only: a tender's thousand others would cost seconds under its lock."""
    part = {name: problem[name] for name in _FRAME if name in problem}
    part["offers"] = [offer for offer in problem["offers"] if offer["id"] in used]
    return document.read(part).offers


def _line(offer: Offer, entry: Mapping[str, Any]) -> Line:
    def amount(name: str) -> Decimal:
        return Decimal(entry.get(name, 0))

    return Line(
        bidder=offer.bidder,
        offer=offer.id,
        lot=offer.lot,
        quantities=tuple(Decimal(quantity) for quantity in entry["quantities"]),
        price=amount("price"),
        setup=amount("setup"),
        delivery=amount("delivery"),
        freight=amount("freight"),
        workshare=offer.workshare,
    )


def _needs(offers: Mapping[str, Offer], lines: Sequence[Line]) -> dict[str, list[Decimal]]:
    """Return per resource and period `Σ per_unit·q + Σ per_delivery·[q > 0]`."""
    needs: dict[str, list[Fraction]] = {}
    for line in lines:
        for use in offers[line.offer].uses:
            amounts = needs.setdefault(use.resource, [Fraction(0)] * len(line.quantities))
            for period, quantity in enumerate(line.quantities):
                if quantity:
                    amounts[period] += Fraction(use.per_unit) * Fraction(quantity)
                    amounts[period] += Fraction(use.per_delivery)
    return {
        resource: [exact.as_decimal(amount) for amount in amounts]
        for resource, amounts in needs.items()
    }
