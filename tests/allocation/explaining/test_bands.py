"""Feedback in bands: outward to 5 %, and only among five independent groups."""

from fractions import Fraction
from typing import Any

import pytest

from app.allocation import Options
from app.allocation.document import FORMAT, read
from app.allocation.explaining import what_would_have_won
from app.allocation.explaining.bands import WIDTH, band, banded, independent_groups
from tests.allocation.documents import item, lot, offer, package

Entry = dict[str, Any]


def market(count: int, *offers: Entry, **more: Any) -> Entry:
    """As many makers of one lot as there are, at 10, 11, 12 …"""
    names = [f"M{k}" for k in range(count)]
    return {
        "format": FORMAT,
        "currency": "IDR",
        "lots": [lot()],
        "firms": [{"id": name} for name in names],
        "bidders": [{"id": name, "members": [name]} for name in names],
        "offers": [
            *(offer(f"o{k}", name, price=f"{10 + k}") for k, name in enumerate(names)),
            *offers,
        ],
        **more,
    }


def told(document: Entry, bid: str) -> Entry:
    found = what_would_have_won(document, Options(), bids=[bid], bands=True)
    (entry,) = found["offers"]
    return entry


def test_five_groups_are_told_and_four_are_not() -> None:
    assert told(market(5), "o2")["price"] == {
        "outcome": "possible",
        "low_percent": "15",
        "high_percent": "20",
    }
    found = what_would_have_won(market(4), Options(), bands=True)
    assert [entry["told"] for entry in found["offers"]] == [False] * 3
    # Nobody solves what nobody is told.
    assert found["solves"] == 1


def test_an_exact_entry_of_four_groups_is_not_told_either() -> None:
    document = market(4)
    (entry,) = what_would_have_won(document, Options(), bids=["o2"])["offers"]
    assert banded(read(document), entry) == {"id": "o2", "told": False}


def test_a_winner_is_told_that_it_won() -> None:
    assert told(market(5), "o0") == {"id": "o0", "told": True, "used": True}


def test_bidders_of_one_group_and_a_consortium_count_once() -> None:
    document = market(6)
    assert independent_groups(read(document), "L") == 6
    document["firms"][0]["group"] = document["firms"][1]["group"] = "G"
    assert independent_groups(read(document), "L") == 5
    document["bidders"].append({"id": "K", "members": ["M2", "M3", "M4"]})
    document["offers"].append(offer("k", "K"))
    assert independent_groups(read(document), "L") == 3


def test_a_package_prices_the_lots_whose_item_has_a_value() -> None:
    lots = [lot(), lot("M")]
    document = market(6, lots=lots)
    document["packages"] = [
        package("P", "M0", "9", item("L", "1", "4"), item("M", "1", "5")),
        package("Q", "M1", "9", item("M", "1")),
    ]
    assert independent_groups(read(document), "M") == 1
    assert told(document, "P")["told"] is False


def test_minimum_and_capacity_are_told_in_percent_of_their_own() -> None:
    uses = [{"resource": "R", "per_unit": "1"}]
    document = market(
        5,
        offer("small", "M4", price="9", minimum="4", maximum="8", uses=uses),
        resources=[{"id": "R", "capacity": "3"}],
    )
    entry = told(document, "small")
    # At 9 it is the cheapest, but its three hours do not reach its minimum of four.
    assert entry["price"] == {"outcome": "not_by_price"}
    assert entry["minimum"] == {"outcome": "possible", "low_percent": "25", "high_percent": "30"}
    assert entry["capacity"] == {"outcome": "possible", "low_percent": "0", "high_percent": "5"}


def test_a_capacity_above_what_was_offered() -> None:
    choice = {"id": "X", "of": ["big", "o0"], "max": 1}
    document = market(5, offer("big", "M4", price="9", maximum="4"), choices=[choice])
    for one in document["offers"][1:5]:
        one["maximum"] = "1"
    entry = told(document, "big")
    # With six and one from each of the four it is 104, with seven 99: below the 100 from o0.
    assert entry["capacity"] == {"outcome": "possible", "low_percent": "75", "high_percent": "80"}
    document["offers"][-1]["maximum"] = "0"
    assert told(document, "big")["capacity"] == {
        "outcome": "possible",
        "low_percent": None,
        "high_percent": None,
    }


@pytest.mark.parametrize(
    ("low", "high", "most", "lower", "upper"),
    [
        ("12", "13", None, "10", "15"),
        ("10", "10", None, "10", "15"),
        ("10", "11", None, "10", "15"),
        ("14", "16", None, "10", "20"),
        ("100", "100", "100", "95", "100"),
        ("97", "100", "100", "95", "100"),
        ("0", "0", "100", "0", "5"),
        ("3", None, None, "0", None),
        (None, "3", "100", None, "5"),
    ],
)
def test_a_band_reaches_outward_and_hides_what_is_exact(
    low: str | None, high: str | None, most: str | None, lower: str | None, upper: str | None
) -> None:
    ends = [None if text is None else Fraction(text) for text in (low, high, most)]
    assert band(*ends) == {"low_percent": lower, "high_percent": upper}


def test_every_band_holds_its_interval_and_is_at_least_as_wide_as_a_step() -> None:
    for tenths in range(1001):
        percent = Fraction(tenths, 10)
        made = band(percent, percent, Fraction(100))
        low, high = Fraction(made["low_percent"] or -1), Fraction(made["high_percent"] or -1)
        assert low <= percent <= high
        assert high - low == WIDTH
        assert low % WIDTH == 0
