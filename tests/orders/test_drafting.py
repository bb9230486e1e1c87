"""Orders drafted from lines: sellers, splits, one rounding, shares that add up."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.awards import exact
from app.awards.lines import Line
from app.orders.drafting import Draft, Seller, draft_orders

FIRM = Seller("S9", "S9", ("S9",))
SINGLE = Seller("K1", "S1", ("S1", "S2", "S3"), network_id="K1")
SEVERAL = Seller("K2", "S1", ("S1", "S2", "S3"), network_id="K2", several=True)
INCREMENTS = {"bracket": Decimal(1), "wire": Decimal("0.5")}


def line(
    bidder: str = "K2",
    lot: str = "bracket",
    quantities: Iterable[str] = ("600", "400"),
    workshare: dict[str, str] | None = None,
    **amounts: str,
) -> Line:
    shares = workshare or {"S1": "0.6", "S2": "0.4"}
    given = {"price": "12500000.3", "setup": "2500000", "delivery": "800000", "freight": "75000.25"}
    given |= amounts
    return Line(
        bidder=bidder,
        offer=f"{bidder}/{lot}",
        lot=lot,
        quantities=tuple(Decimal(quantity) for quantity in quantities),
        workshare={firm: Fraction(share) for firm, share in shares.items()},
        **{name: Decimal(amount) for name, amount in given.items()},
    )


def drafted(lines: list[Line], *sellers: Seller, currency: str = "IDR") -> list[Draft]:
    return draft_orders(lines, sellers, increments=INCREMENTS, currency=currency)


def test_a_firm_sells_for_itself() -> None:
    [order] = drafted([line("S9", workshare={"S9": "1"})], FIRM)
    assert (order.seller_id, order.network_id) == ("S9", None)
    assert order.total == Decimal(15875001)  # 15875000.55, half even to whole rupiah
    assert order.shares == {"S9": Decimal(15875001)}


def test_a_single_contract_goes_to_the_lead_firm_with_every_members_share() -> None:
    lines = [line("K1"), line("K1", lot="wire", quantities=("0", "2.5"))]
    [order] = drafted(lines, SINGLE)
    assert (order.seller_id, order.network_id) == ("S1", "K1")
    assert list(order.lines) == lines
    assert order.total == Decimal(31750001)  # twice 15875000.55, rounded once
    assert order.shares == {"S1": Decimal(19050001), "S2": Decimal(12700000), "S3": Decimal(0)}


def test_members_who_contract_severally_have_an_order_each() -> None:
    first, second = drafted([line()], SEVERAL)
    assert [first.seller_id, second.seller_id] == ["S1", "S2"]
    assert {first.network_id, second.network_id} == {"K2"}
    assert first.lines[0].quantities == (Decimal(360), Decimal(240))
    assert second.lines[0].quantities == (Decimal(240), Decimal(160))
    assert first.lines[0].price == Decimal("7500000.18")
    assert second.lines[0].freight == Decimal("30000.1")
    assert (first.total, second.total) == (Decimal(9525000), Decimal(6350000))
    assert (first.shares, second.shares) == ({"S1": first.total}, {"S2": second.total})


def test_a_member_with_the_whole_of_a_lot_has_the_whole_line() -> None:
    lines = [line(workshare={"S1": "1", "S2": "0"}), line(lot="wire", workshare={"S3": "1"})]
    first, third = drafted(lines, SEVERAL)
    assert [first.seller_id, third.seller_id] == ["S1", "S3"]
    assert first.lines[0].quantity == 1000
    assert third.lines[0].total == lines[1].total


def test_an_odd_piece_is_made_by_one_member_and_its_price_shared() -> None:
    halves = {"S1": "0.5", "S2": "0.5"}
    first, second = drafted([line(quantities=("1", "0"), workshare=halves)], SEVERAL)
    assert first.lines[0].quantities == (Decimal(1), Decimal(0))
    assert second.lines[0].quantities == (Decimal(0), Decimal(0))
    assert first.lines[0].price == second.lines[0].price == Decimal("6250000.15")


def test_work_given_away_is_the_lead_firms() -> None:
    free = dict.fromkeys(("price", "setup", "delivery", "freight"), "0")
    [order] = drafted([line("K1", **free)], SINGLE)
    assert order.shares == {"S1": Decimal(0), "S2": Decimal(0), "S3": Decimal(0)}


def test_other_currencies_have_cents() -> None:
    [order] = drafted([line("S9", workshare={"S9": "1"}, price="0.125")], FIRM, currency="EUR")
    assert order.total == Decimal("3375000.38")  # …0.375, half even to cents


AMOUNTS = st.decimals(0, 10**12, places=5)
PAIRS = [dict.fromkeys(pair, Fraction(1, 2)) for pair in combinations(SINGLE.members, 2)]
WORKSHARES = st.sampled_from(
    [
        *PAIRS,
        {"S1": Fraction(1)},
        dict.fromkeys(SINGLE.members, Fraction("0.333333333333")),
        {"S1": Fraction("0.61"), "S2": Fraction("0.38"), "S3": Fraction("0.01")},
    ]
)


@st.composite
def lines_of_all(draw: st.DrawFn) -> list[Line]:
    lines = []
    for seller in (FIRM, SINGLE, SEVERAL):
        for lot in draw(st.lists(st.sampled_from(sorted(INCREMENTS)), min_size=1, max_size=4)):
            counts = draw(st.lists(st.integers(0, 10**6), min_size=3, max_size=3))
            lines.append(
                Line(
                    bidder=seller.bidder_id,
                    offer=f"{seller.bidder_id}/{len(lines)}",
                    lot=lot,
                    quantities=tuple(count * INCREMENTS[lot] for count in counts),
                    price=draw(AMOUNTS),
                    setup=draw(AMOUNTS),
                    delivery=draw(AMOUNTS),
                    freight=draw(AMOUNTS),
                    workshare={"S9": Fraction(1)} if seller is FIRM else draw(WORKSHARES),
                )
            )
    return lines


@given(lines_of_all(), st.sampled_from(["IDR", "EUR"]))
def test_nothing_is_lost_between_an_award_and_its_orders(lines: list[Line], currency: str) -> None:
    orders = drafted(lines, FIRM, SINGLE, SEVERAL, currency=currency)
    for name in ("price", "setup", "delivery", "freight", "total", "quantity"):
        ordered = exact.total(getattr(part, name) for order in orders for part in order.lines)
        assert ordered == exact.total(getattr(whole, name) for whole in lines), name
    for number in range(3):
        ordered = exact.total(part.quantities[number] for order in orders for part in order.lines)
        assert ordered == exact.total(whole.quantities[number] for whole in lines)
    unit = Decimal(1) if currency == "IDR" else Decimal("0.01")
    for order in orders:
        assert exact.total(order.shares.values()) == order.total
        assert all(share >= 0 and share % unit == 0 for share in order.shares.values())
        assert abs(order.total - exact.total(part.total for part in order.lines)) <= unit / 2
        for part in order.lines:
            assert all(quantity % INCREMENTS[part.lot] == 0 for quantity in part.quantities)


@pytest.mark.parametrize("reverse", [False, True])
def test_orders_follow_the_sellers_not_the_lines(reverse: bool) -> None:
    lines = [line("S9", workshare={"S9": "1"}), line("K1"), line("K2")]
    orders = drafted(lines[::-1] if reverse else lines, SEVERAL, SINGLE, FIRM)
    assert [order.seller_id for order in orders] == ["S1", "S2", "S1", "S9"]
