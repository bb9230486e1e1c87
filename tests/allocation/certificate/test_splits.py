"""Split nodes: written where they pay, proven part by part, refused where anything is wrong."""

import copy
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from itertools import count
from random import Random
from threading import Event
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.allocation import Options, solve
from app.allocation.certificate import certify, large, proving
from app.allocation.certificate.exact import floor_text
from app.allocation.certificate.measures import relaxed
from app.allocation.certificate.search import Limits
from app.allocation.certificate.splitting import split
from app.allocation.check_certificate import check
from app.allocation.document import read
from tests.allocation.brute import answer
from tests.allocation.certificate.proofs import holds
from tests.allocation.documents import item as packed
from tests.allocation.documents import lot, offer, package, problem
from tests.allocation.tiny import ALL, tiny

Entry = dict[str, Any]
FEW = 7


def many() -> Entry:
    """Eight lots, each with setups to choose from, that share a press and a rule."""
    press = [{"resource": "R", "per_unit": "1"}]
    offers = []
    for k in range(8):
        of, extra = f"L{k}", k % 3
        offers += [
            offer(f"A{k}", "A", of, "5", setup=f"{17 + extra}", maximum="6", uses=press),
            offer(f"B{k}", "B", of, "5.5", setup=f"{13 + 2 * extra}", maximum="7"),
            offer(f"C{k}", "C", of, f"{6 - extra}", setup="21", minimum="4", increment="4"),
        ]
    return problem(
        *offers,
        lots=[lot(f"L{k}", f"{9 + k % 2}", shortfall_cost="90") for k in range(8)],
        resources=[{"id": "R", "firm": "A", "capacity": "20"}],
        rules=[{"id": "S", "kind": "share", "each": "firm", "measure": "value", "max": "0.6"}],
    )


@cache
def _certified() -> Entry:
    result = solve(many(), Options())
    with pytest.MonkeyPatch.context() as patched:
        # No tree over the whole: the split is the root.
        patched.setattr(proving, "LARGE", 0)
        result["certificate"] = certify(many(), result, budget_nodes=FEW)
    return result


def good() -> Entry:
    return copy.deepcopy(_certified())


def node(result: Entry) -> Entry:
    found: Entry = result["certificate"]["stages"][0]["tree"]
    return found


def leaves(tree: Entry) -> Iterator[Entry]:
    if "on" in tree:
        yield from leaves(tree["low"])
        yield from leaves(tree["high"])
    else:
        yield tree


def test_the_lowest_leaves_of_an_open_tree_are_split() -> None:
    result = good()
    split_at_root = Fraction(result["certificate"]["stages"][0]["bound"])
    result["certificate"] = certify(many(), result, budget_nodes=FEW)
    assert check(many(), result)
    assert any("parts" in leaf for leaf in leaves(node(result)))
    assert Fraction(result["certificate"]["stages"][0]["bound"]) > split_at_root


def test_a_split_within_changed_bounds_is_held_to_them() -> None:
    result = good()
    result["certificate"] = certify(many(), result, budget_nodes=FEW)
    for leaf in leaves(node(result)):
        if "parts" in leaf:
            alone = copy.deepcopy(result)
            alone["certificate"]["stages"][0]["tree"] = leaf
            assert not holds(many(), alone)


def test_a_split_is_written_where_it_proves_more_than_one_leaf() -> None:
    result = good()
    assert set(node(result)) == {"prices", "parts"}
    assert {"capacity[R,]", "base[S]"} <= set(node(result)["prices"])
    named = [part["of"] for part in node(result)["parts"]]
    assert {f"L{k}" for k in range(8)} <= set(named)
    assert check(many(), result)
    leaf = certify(many(), result, budget_nodes=1)["stages"][0]
    assert set(leaf["tree"]) == {"duals"}
    stated = result["certificate"]["stages"][0]
    assert (
        Fraction(leaf["bound"])
        < Fraction(stated["bound"])
        <= Fraction(result["stages"][0]["value"])
    )


def test_no_part_can_be_left_out_listed_twice_or_named_wrongly() -> None:
    for k, part in enumerate(node(good())["parts"]):
        if part["of"].startswith("L"):
            short = good()
            del node(short)["parts"][k]
            assert not holds(many(), short)
        twice = good()
        node(twice)["parts"].append(part)
        with pytest.raises(ValueError, match="is listed twice"):
            check(many(), twice)
        wrong = good()
        others = [one["of"] for one in node(wrong)["parts"] if one["of"] != part["of"]]
        node(wrong)["parts"][k]["of"] = others[0]
        with pytest.raises(ValueError, match=r"is listed twice|there is no row|no whole column"):
            check(many(), wrong)


def test_a_part_of_no_lot_and_no_column_is_refused() -> None:
    wrong = good()
    node(wrong)["parts"][0]["of"] = "nowhere"
    with pytest.raises(LookupError):
        check(many(), wrong)


def test_a_row_that_is_not_priced_ties_the_parts_together() -> None:
    for row in ("capacity[R,]", "base[S]"):
        wrong = good()
        del node(wrong)["prices"][row]
        with pytest.raises(ValueError, match="is listed twice"):
            check(many(), wrong)


def test_a_price_of_the_wrong_sign_or_of_no_row_is_refused() -> None:
    wrong = good()
    node(wrong)["prices"]["capacity[R,]"] = "-1"
    with pytest.raises(ValueError, match="must not be negative"):
        check(many(), wrong)
    wrong = good()
    node(wrong)["prices"]["capacity[Q,]"] = "1"
    with pytest.raises(ValueError, match="there is no row"):
        check(many(), wrong)


def test_other_prices_prove_less_than_the_optimum_too() -> None:
    optimum = Fraction(_certified()["stages"][0]["value"])
    for row, price in node(good())["prices"].items():
        for other in (Fraction(price) + 1, Fraction(price) * 2):
            changed = good()
            node(changed)["prices"][row] = floor_text(other)
            changed["stages"][0]["value"] = "1000000"
            changed["certificate"]["stages"][0]["bound"] = floor_text(optimum + Fraction(1, 10**6))
            assert not holds(many(), changed)


def test_a_part_whose_tree_is_changed_proves_less() -> None:
    for k, part in enumerate(node(good())["parts"]):
        if part["of"].startswith("L"):
            changed = good()
            node(changed)["parts"][k]["tree"] = {"duals": {}}
            assert not holds(many(), changed)


def test_who_stops_a_split_gets_the_leaf() -> None:
    r, stages = relaxed(read(many()))
    rows = list(r.rows.values())
    assert split(r, rows, stages[0].cost, [0.0] * len(rows), Limits(9, lambda: True)) is None


def test_what_is_one_part_is_not_split() -> None:
    r, stages = relaxed(read(problem(offer(), lots=[lot(demand="3", shortfall_cost="9")])))
    rows = list(r.rows.values())
    assert split(r, rows, stages[0].cost, [0.0] * len(rows), Limits(9, lambda: False)) is None


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_prices_prove_more_than_the_optimum(random: Random) -> None:
    document = tiny(random, ALL - {"objective"})
    made = split_at(document, random)
    if made is None:
        return
    right = answer(document)
    if right.optima is None:
        return
    value, (tree, bound) = right.optima[-1], made
    assert Fraction(bound) <= value
    if len(right.optima) == 1:
        stated = {"stages": [{"bound": bound, "tree": tree}]}
        values = [{"value": floor_text(value)}]
        assert check(document, {"status": "feasible", "stages": values, "certificate": stated})


def split_at(document: Mapping[str, Any], random: Random) -> tuple[Entry, str] | None:
    """A split of the last stage at random prices, and its bound."""
    r, stages = relaxed(read(document))
    rows = list(r.rows.values())
    duals = [random.choice((0.0, 0.5, 2.0, -3.0)) for _ in rows]
    made = split(r, rows, stages[-1].cost, duals, Limits(9, lambda: False))
    return None if made is None else (made.node, floor_text(made.bound))


def test_packages_and_charges_are_parts_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "LARGE", 0)
    document = many()
    document["packages"] = [package("P", "C", "60", packed("L0", "5"), packed("L1", "5"))]
    document["charges"] = [{"id": "K", "amount": "9", "any_of": ["A0", "A1", "A2"]}]
    result = solve(document, Options())
    result["certificate"] = certify(document, result, budget_nodes=FEW)
    assert check(document, result)
    prices = node(result)["prices"]
    assert {"demand[L0,]", "charge[K]", "charge[K]>=use[A1]"} <= set(prices)


@pytest.mark.parametrize("works", [True, False])
def test_large_problems_are_solved_once_and_split(
    works: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proving, "LARGE", 0)
    result = good()
    if not works:
        monkeypatch.setattr(large, "_apart", lambda *_: [])
    result["certificate"] = certify(many(), result, budget_nodes=FEW)
    assert check(many(), result)
    expected = {"prices", "parts"} if works else {"duals"}
    assert set(node(result)) == expected


def test_a_large_solve_is_left_alone_by_who_wishes_to_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    r, stages = relaxed(read(many()))
    rows, done, asked = list(r.rows.values()), Event(), count()
    monkeypatch.setattr(large.mathopt, "solve", lambda *_, **__: done.wait(60))
    try:
        stop = lambda: next(asked) > 1  # noqa: E731  # asked twice before it is true
        assert large.solve_large(r, rows, stages[0].cost, stop) is None
    finally:
        done.set()
