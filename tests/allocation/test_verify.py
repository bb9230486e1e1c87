"""The verifier: a good result holds, and every changed statement is found."""

import copy
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from app.allocation import Options, solve
from app.allocation.document import parse
from app.allocation.published import example
from app.allocation.reading.format import PROBLEM
from app.allocation.reading.format_rules import SCOPE
from app.allocation.reading.kinds import ListOf
from app.allocation.reading.objects import ByField, NumberOr, Object
from app.allocation.verify import Finding, verify
from app.allocation.verify.checking import FIELDS
from tests.allocation.documents import lot, offer, problem
from tests.allocation.every_element import everything

Json = Any
# Fields that say how a result was made or why; their truth is not for a verifier.
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


DOCUMENT = everything()
RESULT = solve(DOCUMENT, Options())


def test_the_problem_uses_every_field_and_its_result_states_everything() -> None:
    unused: list[str] = []
    scopes: list[Json] = []
    collect(PROBLEM, [DOCUMENT], "", unused, scopes)
    assert unused == []
    assert {word for scope in scopes for word in scope} == set(SCOPE.fields)
    assert {name for name, value in RESULT.items() if value} == FIELDS - {
        *("complete", "conflict", "certificate")
    }
    stated = {key for path in places(RESULT) for key in path if isinstance(key, str)}
    assert {"lot", "period", "who", "base", "setup", "delivery", "freight"} <= stated
    assert {name for name, amount in RESULT["cost"].items() if amount == "0"} == set()


def collect(kind: Json, values: list[Json], at: str, unused: list[str], scopes: list[Json]) -> None:
    """Note the fields of the format that none of some values has, and all scopes."""
    if kind is SCOPE:
        scopes.extend(values)
    elif isinstance(kind, Object):
        for name, field in kind.fields.items():
            inner = [value[name] for value in values if isinstance(value, dict) and name in value]
            if not inner:
                unused.append(f"{at}/{name}")
            collect(field.kind, inner, f"{at}/{name}", unused, scopes)
    elif isinstance(kind, ListOf):
        collect(kind.item, [item for value in values for item in value], at, unused, scopes)
    elif isinstance(kind, NumberOr):
        collect(
            kind.other, [value for value in values if isinstance(value, dict)], at, unused, scopes
        )
    elif isinstance(kind, ByField):
        for name, variant in kind.variants.items():
            own = [value for value in values if value[kind.name] == name]
            collect(variant, own, f"{at}({name})", unused, scopes)


@pytest.mark.parametrize("path", list(places(RESULT)), ids=lambda path: "/".join(map(str, path)))
def test_every_changed_statement_is_found(path: tuple[Any, ...]) -> None:
    wrong = changed(RESULT, path, another)
    assert wrong != RESULT
    findings = verify(DOCUMENT, wrong)
    assert findings != []
    assert all(isinstance(one, Finding) and one.detail for one in findings)


@pytest.mark.parametrize("path", list(places(RESULT)), ids=lambda path: "/".join(map(str, path)))
def test_no_shape_makes_the_verifier_stumble(path: tuple[Any, ...]) -> None:
    for junk in (None, [], {}, "NaN", 1.5, True):
        if junk != at(RESULT, path):
            assert verify(DOCUMENT, changed(RESULT, path, lambda _, to=junk: to)) != []


@pytest.mark.parametrize("name", [k for k, v in RESULT.items() if k not in FREE and v != []])
def test_every_missing_statement_is_found(name: str) -> None:
    assert verify(DOCUMENT, {k: v for k, v in RESULT.items() if k != name}) != []


@pytest.mark.parametrize("name", [k for k, v in RESULT.items() if isinstance(v, (list, dict))])
@pytest.mark.parametrize("junk", [None, "x", 3, [1], [None], {"a": 1}], ids=repr)
def test_no_list_makes_the_verifier_stumble(name: str, junk: Json) -> None:
    if name not in FREE:
        assert verify(DOCUMENT, {**RESULT, name: junk}) != []


def objects(value: Json, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of an object or a list."""
    if isinstance(value, (dict, list)):
        yield path
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in inner:
            if key not in FREE:
                yield from objects(item, (*path, key))


def at(value: Json, path: tuple[Any, ...]) -> Json:
    for step in path:
        value = value[step]
    return value


@pytest.mark.parametrize("path", [*objects(RESULT)][1:], ids=lambda path: "/".join(map(str, path)))
def test_every_entry_and_field_taken_away_or_added_is_found(path: tuple[Any, ...]) -> None:
    whole = at(RESULT, path)
    if isinstance(whole, dict):
        others = [{**whole, "extra": "0"}]
        others += [
            {k: v for k, v in whole.items() if k != name}
            for name in whole
            if name != "because" and whole[name] != "0"
        ]
    else:
        others = [[*whole, one] for one in whole[:1] or ["1"]]
        others += [whole[:k] + whole[k + 1 :] for k in range(len(whole))]
    for other in others:
        assert verify(DOCUMENT, changed(RESULT, path, lambda _, to=other: to)) != []


@pytest.mark.parametrize("path", [*objects(RESULT)][1:], ids=lambda path: "/".join(map(str, path)))
def test_any_object_in_another_place_is_found(path: tuple[Any, ...]) -> None:
    for other in (value for name, value in RESULT.items() if name not in FREE):
        if at(RESULT, path) != other:
            assert verify(DOCUMENT, changed(RESULT, path, lambda _, to=other: to)) != []


@pytest.mark.parametrize("because", [None, "R", [1], {"a": "b"}, [["R"]]], ids=repr)
def test_reasons_are_texts(because: Json) -> None:
    for k, entry in enumerate(RESULT["shortfalls"]):
        wrong = changed(RESULT, ("shortfalls", k), lambda _, to=entry: {**to, "because": because})
        assert [one.pointer for one in verify(DOCUMENT, wrong)] == [f"/shortfalls/{k}/because"]
        # Reasons that are texts may be others, or none.
        free = changed(RESULT, ("shortfalls", k), lambda _, to=entry: {**to, "because": ["x"]})
        assert holds(DOCUMENT, free)


HUGE = [10**5000, "9" * 5000, "-1e399", Decimal("1e999999"), "1_0"]


@pytest.mark.parametrize("path", list(places(RESULT)), ids=lambda path: "/".join(map(str, path)))
def test_no_size_makes_the_verifier_stumble(path: tuple[Any, ...]) -> None:
    for junk in HUGE:
        findings = verify(DOCUMENT, changed(RESULT, path, lambda _, to=junk: to))
        assert findings != []
        assert all(len(one.detail) < 400 for one in findings)


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


def test_the_verifier_reads_numbers_of_every_kind() -> None:
    text = b'{"format": "jejaring.allocation-problem/1", "currency": "IDR", "lots": [{"id": "L", '
    text += b'"unit": "pc", "demand": 1.50, "increment": 0.5, "shortfall_cost": 2}]}'
    document = parse(text)
    result = solve(document, Options())
    assert result["cost"]["total"] == "3"
    assert holds(document, result)
