"""The readers of published instances, and how an answer is held against a known one."""

from collections import Counter
from decimal import Inexact
from fractions import Fraction
from pathlib import Path

import pytest

from benchmarks.instances import linear_file, sourcing
from benchmarks.instances.catalogue import FAMILIES, chosen, every
from benchmarks.instances.instance import Entry, Instance, Known, rounded, text
from benchmarks.tables.measuring import Measured, cells


def built(name: str) -> Entry:
    (instance,) = chosen([name])
    return instance.build()


def total(document: Entry, field: str) -> Fraction:
    return sum((Fraction(one[field]) for one in document["offers"]), Fraction(0))


def test_every_instance_has_a_name_of_its_own_and_each_family_its_files() -> None:
    names = [instance.name for instance in every()]
    assert len(set(names)) == len(names)
    assert Counter(name.split("/")[0] for name in names) == {
        "bid_evaluation_tiers": 1,
        "sourcing_rfp_peer": 1,
        "tqd_generated": 6 * 3,
        "cflp_orlib": 20 + 2 * 16,
        "gap_orlib": 43 + 20,
        "cats_generated": 15 * 2,
        "lotsizing_trigeiro": 8,
    }


def test_a_word_chooses_a_family_a_file_or_a_pattern() -> None:
    assert {one.family for one in chosen(["gap_orlib"])} == {"gap_orlib"}
    assert [one.name for one in chosen(["gap_orlib/gap1-0"])] == [
        "gap_orlib/gap1-0/min",
        "gap_orlib/gap1-0/max",
    ]
    assert len(chosen(["*/reverse", "bid_evaluation_tiers"])) == 16
    assert [one.name for one in chosen([])] == [one.name for one in every()]
    with pytest.raises(ValueError, match=r"nowhere, gap_orlib/gap1$"):
        chosen(["gap_orlib", "nowhere", "gap_orlib/gap1"])


def test_facility_location_gives_back_the_cost_of_serving_a_whole_customer() -> None:
    document = built("cflp_orlib/cap41/split")
    first = document["lots"][0]
    costs = [
        Fraction(one["price"]) * Fraction(first["demand"])
        for one in document["offers"]
        if one["lot"] == first["id"]
    ]
    assert (first["demand"], len(costs)) == ("146", 16)
    assert [text(cost) for cost in costs[:3]] == ["6739.725", "10355.05", "7650.4"]
    assert {one["capacity"] for one in document["resources"]} == {"5000"}
    assert Counter(one["amount"] for one in document["charges"]) == {"7500": 15, "0": 1}


def test_an_indivisible_customer_is_served_in_one_step() -> None:
    lots = built("cflp_orlib/cap61/single")["lots"]
    assert all(lot["increment"] == lot["demand"] for lot in lots)


def test_assignment_reads_costs_uses_and_capacities() -> None:
    document = built("gap_orlib/gap1-0/max")
    assert (len(document["lots"]), len(document["firms"])) == (15, 5)
    assert total(document, "price") == 1476
    last = document["offers"][-1]
    assert (last["price"], last["uses"]) == ("24", [{"resource": "A5", "per_unit": "23"}])
    assert [one["capacity"] for one in document["resources"]] == ["36", "34", "38", "27", "33"]
    assert document["objective"][0]["terms"] == [{"measure": "cost", "weight": "-1"}]


def test_an_auction_separates_real_goods_from_dummies() -> None:
    document = built("cats_generated/paths-g20-b60-s11/reverse")
    assert len(document["lots"]) == len(document["rules"]) == 20
    second = document["packages"][1]
    assert (second["id"], second["price"]) == ("B1", "88")
    assert second["items"] == [{"lot": "G16", "quantity": "1"}]
    exclusive = {one["id"]: one["of"] for one in document["choices"]}
    assert exclusive["D20"][:2] == ["B1", "B2"]
    assert all(int(name[1:]) >= 20 for name in exclusive)


def test_lot_sizing_reads_items_across_and_periods_down() -> None:
    document = built("lotsizing_trigeiro/X11117A")
    lot, offer = document["lots"][1], document["offers"][1]
    assert lot["demand"][:4] == ["115", "113", "111", "94"]
    assert (len(lot["demand"]), len(document["lots"])) == (20, 10)
    assert (lot["carry_cost"], offer["delivery_cost"]) == ("0.8", "25")
    assert offer["uses"] == [{"resource": "time", "per_unit": "1", "per_delivery": "8"}]
    assert document["resources"][0]["capacity"] == "1332"


def test_the_first_discount_variant_has_no_availability_and_the_third_has_rules() -> None:
    first, second, third = (built(f"tqd_generated/tqd_n5_m6_r3_s1000/V{k}") for k in (1, 2, 3))
    assert not any("maximum" in offer for offer in first["offers"])
    assert total(second, "maximum") == total(third, "maximum")
    assert not second["rules"]
    assert [rule["kind"] for rule in third["rules"]] == ["count", "share", *["amount"] * 6]
    assert first["discounts"][0]["tiers"][1] == {"from": "613", "percent": "2"}


def test_the_sourcing_model_is_restated_whole() -> None:
    document = built("sourcing_rfp_peer")
    offers = {one["id"]: one for one in document["offers"]}
    assert len(offers) == 50
    assert offers["xKBX_Supplier_2_3"]["price"] == "78"
    assert offers["xKBX_Supplier_2_3"]["freight"] == "0.858608241067"
    assert "freight" not in offers["xSF_Supplier_2_3"]
    assert {one["id"] for one in document["offers"] if one["tags"]} == {
        f"x{mode}_Supplier_{pair}"
        for mode in ("KBX", "SF")
        for pair in ("1_4", "2_1", "2_3", "3_2", "3_5")
    }
    (discount,) = document["discounts"]
    assert discount["tiers"][1] == {"from": "1", "percent": "95.1"}
    assert len(discount["on"]) == 10
    groups = {one["id"]: one["capacity"] for one in document["resources"]}
    assert groups["Cap_Supplier_5_Description_Small_item"] == "9001"
    assert sum(len(one["uses"]) for one in document["offers"]) == 50


def test_the_optimum_of_the_sourcing_model_by_hand() -> None:
    """All goes to the incumbents, each at the cheaper of delivered price and price plus freight."""
    document = built("sourcing_rfp_peer")
    demands = {lot["id"]: Fraction(lot["demand"]) for lot in document["lots"]}
    spent: dict[str, list[Fraction]] = {}
    for offer in document["offers"]:
        if offer["tags"]:
            price = Fraction(offer["price"])
            if offer["bidder"] == "Supplier_1":
                price *= Fraction("0.98") * Fraction("0.05")
            unit = price + Fraction(offer.get("freight", 0))
            spent.setdefault(offer["lot"], []).append(unit * demands[offer["lot"]])
    (instance,) = sourcing.instances()
    assert instance.known is not None
    low, high = instance.known.interval()
    assert low <= sum(map(min, spent.values())) <= high


def test_a_linear_file_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.lp"
    path.write_text("Subject To\na: 2 x - y\n + 0 z <= 4\nb: x >= -1\nBinaries\n")
    found = linear_file.rows(path)
    assert found["a"].terms == {"x": 2, "y": -1, "z": 0}
    assert found["a"].sense == "<="
    assert (found["a"].limit, found["b"].limit) == (Fraction(4), Fraction(-1))
    for line in ("c: 2 x + [ x * y ] >= 1", "c: x", "c: 1 <= x <= 2"):
        path.write_text(f"Subject To\na: x <= 1\n{line}\nBinaries\n")
        with pytest.raises(ValueError, match="not "):
            linear_file.rows(path)


def test_decimals_are_written_plainly_and_only_exact_ones() -> None:
    assert [text(Fraction(n)) for n in ("150", "0.01", "46.1625", "0")] == [
        "150",
        "0.01",
        "46.1625",
        "0",
    ]
    with pytest.raises(Inexact):
        text(Fraction(1, 3))


LEAST = Known(Fraction(100))
MOST = Known(Fraction(8), bound=Fraction(10))


@pytest.mark.parametrize(
    ("known", "status", "value", "bound", "agrees"),
    [
        (LEAST, "optimal", 100, 100, True),
        (LEAST, "optimal", 101, 101, False),
        (LEAST, "optimal", 99, 99, False),
        (LEAST, "feasible", 120, 90, True),
        (LEAST, "feasible", 99, 90, False),
        (LEAST, "feasible", 120, 101, False),
        (LEAST, "infeasible", None, None, False),
        (LEAST, "incomplete", None, None, True),
        (LEAST, "unsolved", None, None, True),
        (Known(None, infeasible=True), "infeasible", None, None, True),
        (Known(None, infeasible=True), "feasible", 120, 90, False),
        (Known(None, infeasible=True), "unsolved", None, None, True),
        (rounded("99.99"), "optimal", Fraction("99.985"), Fraction("99.985"), True),
        (rounded("99.99"), "optimal", Fraction("99.984"), Fraction("99.984"), False),
        (MOST, "optimal", 9, 9, True),
        (MOST, "optimal", 11, 11, False),
        (MOST, "feasible", 7, 12, True),
        (MOST, "feasible", 5, 7, False),
        (None, "feasible", 5, 7, True),
    ],
)
def test_what_contradicts_a_known_answer(
    known: Known | None, status: str, value: int | None, bound: int | None, agrees: bool
) -> None:
    instance = Instance("family/one", dict, known)
    ours = None if value is None else Fraction(value)
    proven = None if bound is None else Fraction(bound)
    one = Measured(instance, status, 0.0, "E", True, ours, proven)
    assert one.agrees is agrees
    assert ("CONTRADICTS" in cells(one)[-1]) is not agrees


def test_an_answer_that_fails_its_verification_never_agrees() -> None:
    instance = Instance("family/one", dict, LEAST)
    one = Measured(instance, "optimal", 0.0, value=Fraction(100), bound=Fraction(100))
    assert not one.agrees
    assert cells(one)[-1] == "NO, CONTRADICTS"


def test_every_family_keeps_the_note_of_its_source() -> None:
    data = Path(linear_file.__file__).parents[1] / "data"
    assert {path.name for path in data.iterdir()} == set(FAMILIES)
    assert all("LICENCE" in (data / name / "SOURCE.txt").read_text() for name in FAMILIES)
