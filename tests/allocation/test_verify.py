"""The verifier: a good result holds, and every changed statement is found."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from app.allocation import Options, solve
from app.allocation.document import parse
from app.allocation.published import example
from app.allocation.verify import Finding, verify
from tests.allocation.documents import lot, offer, problem
from tests.allocation.tiny import drawn

Json = Any
# Fields that say how a result was made or that no check can contradict.
FREE = {"solver", "because", "certificate"}


def holds(document: Json, result: Json) -> bool:
    return verify(document, result) == []


def places(value: Json, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a result that states something."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in FREE:
                yield from places(item, (*path, key))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from places(item, (*path, i))
    else:
        yield path


def changed(value: Json, path: tuple[Any, ...], to: Json) -> Json:
    whole = copy.deepcopy(value)
    place = whole
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to(place[path[-1]])
    return whole


def another(value: Json) -> Json:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if value is None:
        return "0.5"
    try:
        return str(int(value) + 1)
    except ValueError:
        return value + "1" if value[-1:].isdigit() and "." in value else "another"


def rich() -> tuple[Json, Json]:
    """A problem whose result states something of every kind."""
    seeds = (seed for seed in range(3000))
    for seed in seeds:
        document = drawn(seed)
        result = solve(document, Options())
        lists = ("allocations", "packages", "charges", "discounts", "shortfalls", "rules")
        taken = [one["amount"] for one in result.get("discounts", ())]
        if all(result.get(name) for name in lists) and "0" not in taken:
            return document, result
    raise AssertionError("no such problem was drawn")


DOCUMENT, RESULT = rich()


@pytest.mark.parametrize("path", list(places(RESULT)), ids=lambda path: "/".join(map(str, path)))
def test_every_changed_statement_is_found(path: tuple[Any, ...]) -> None:
    wrong = changed(RESULT, path, another)
    assert wrong != RESULT
    findings = verify(DOCUMENT, wrong)
    assert findings != []
    assert all(isinstance(one, Finding) and one.detail for one in findings)


@pytest.mark.parametrize("path", list(places(RESULT)), ids=lambda path: "/".join(map(str, path)))
@pytest.mark.parametrize("junk", [None, [], {}, "NaN", "1e999999", 1.5, "x"], ids=repr)
def test_no_shape_makes_the_verifier_stumble(path: tuple[Any, ...], junk: Json) -> None:
    wrong = changed(RESULT, path, lambda _: junk)
    assert verify(DOCUMENT, wrong) != []


@pytest.mark.parametrize("name", [k for k, v in RESULT.items() if k not in FREE and v != []])
def test_every_missing_statement_is_found(name: str) -> None:
    assert verify(DOCUMENT, {k: v for k, v in RESULT.items() if k != name}) != []


@pytest.mark.parametrize("name", [k for k, v in RESULT.items() if isinstance(v, (list, dict))])
@pytest.mark.parametrize("junk", [None, "x", 3, [1], [None], {"a": 1}], ids=repr)
def test_no_list_makes_the_verifier_stumble(name: str, junk: Json) -> None:
    if name not in FREE:
        assert verify(DOCUMENT, {**RESULT, name: junk}) != []


@pytest.mark.parametrize("name", [k for k, v in RESULT.items() if isinstance(v, list) and v])
def test_every_missing_or_doubled_entry_is_found(name: str) -> None:
    assert verify(DOCUMENT, {**RESULT, name: RESULT[name][1:]}) != []
    assert verify(DOCUMENT, {**RESULT, name: [*RESULT[name], RESULT[name][0]]}) != []


def test_the_good_result_holds() -> None:
    assert holds(DOCUMENT, RESULT)
    assert holds(example("problem"), example("result"))


def test_numbers_may_be_written_otherwise() -> None:
    longer = copy.deepcopy(RESULT)
    longer["cost"]["total"] += "0" if "." in longer["cost"]["total"] else ".0"
    assert holds(DOCUMENT, longer)


def test_another_problems_result_does_not_hold() -> None:
    (finding,) = verify({**DOCUMENT, "currency": "USD"}, RESULT)
    assert (finding.pointer, finding.code) == ("/problem_sha256", "problem_sha256")


def test_an_allocation_that_breaks_a_limit_is_found() -> None:
    document = problem(offer(maximum="5"), lots=[lot(demand="10")])
    result = solve(document, Options())
    loose = problem(offer(), lots=[lot(demand="10")])
    beyond = solve(loose, Options())
    forged = {**beyond, "problem_sha256": result["problem_sha256"]}
    assert "maximum" in {one.code for one in verify(document, forged)}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (problem(offer(minimum="20", maximum="30")), "minimum"),
        (problem(offer(maximum="9")), "maximum"),
        (problem(offer(maximum=["9"])), "maximum"),
        (problem(offer(increment="4")), "increment"),
        (problem(offer(delivery_minimum="11", maximum="20")), "delivery_minimum"),
        (problem(offer(), lots=[lot(demand="9")]), "demand"),
        (
            problem(
                offer(uses=[{"resource": "R", "per_unit": "1"}]),
                resources=[{"id": "R", "capacity": "9"}],
            ),
            "capacity",
        ),
        (problem(offer(), choices=[{"id": "X", "of": ["O"], "max": 0}]), "choices"),
        (
            problem(offer(), offer("P"), requires=[{"id": "Q", "if": "O", "then_any_of": ["P"]}]),
            "requires",
        ),
        (problem(offer(), pins=[{"id": "N", "offer": "O", "max": "9"}]), "pins"),
        (
            problem(offer(), rules=[{"id": "R", "kind": "count", "of": "bidder", "max": 0}]),
            "count",
        ),
    ],
)
def test_each_limit_has_a_check_of_its_name(document: Json, code: str) -> None:
    free = {k: v for k, v in problem(offer()).items() if k in {"format", "currency", "offers"}}
    generous = solve({**problem(offer()), **free}, Options())
    forged = {**generous, "problem_sha256": solve(document, Options())["problem_sha256"]}
    assert code in {one.code for one in verify(document, forged)}


def test_a_status_is_no_matter_of_taste() -> None:
    far = copy.deepcopy(RESULT)
    stage = far["stages"][-1]
    stage["bound"] = str(int(float(stage["value"])) - 5)
    far["stages"][-1].pop("gap")
    codes = {one.code for one in verify(DOCUMENT, far)}
    assert "status" in codes
    assert "gap" in codes or "not_a_number" in codes


def test_an_infeasible_result_names_known_conflicts_and_nothing_else() -> None:
    document = problem(offer(), pins=[{"id": "N", "offer": "O", "min": "11"}])
    result = solve(document, Options())
    assert holds(document, result)
    for conflict in ([], ["M"], ["N", "N"], None, [3]):
        assert not holds(document, {**result, "conflict": conflict})
    assert not holds(document, {**result, "allocations": []})


def test_the_verifier_reads_numbers_of_every_kind() -> None:
    text = b'{"format": "jejaring.allocation-problem/1", "currency": "IDR", "lots": [{"id": "L", '
    text += b'"unit": "pc", "demand": 1.50, "increment": 0.5, "shortfall_cost": 2}]}'
    document = parse(text)
    result = solve(document, Options())
    assert result["cost"]["total"] == "3"
    assert holds(document, result)
