"""Reading documents: every defect named at once, at its place, and never a traceback."""

import json
import re
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.allocation.document import (
    DEFECT_MESSAGES,
    DocumentError,
    canonical,
    defects,
    parse,
    read,
)
from app.allocation.published import example
from tests.allocation.documents import item, lot, offer, package, problem
from tests.allocation.malformed import MALFORMED

Found = list[tuple[str, str]]


def found(document: Any) -> Found:
    return [(one.pointer, one.code) for one in defects(document)]


def refused(data: bytes) -> Found:
    with pytest.raises(DocumentError) as caught:
        parse(data)
    return [(one.pointer, one.code) for one in caught.value.defects]


def test_the_published_example_has_no_defects() -> None:
    assert defects(example("problem")) == []


@pytest.mark.parametrize("name", MALFORMED)
def test_every_defect_of_a_malformed_document_is_named(name: str) -> None:
    document, expected = MALFORMED[name]
    assert len(expected) > 1
    assert found(document) == expected


def test_every_code_has_a_sentence_that_its_parts_fill() -> None:
    for document, _ in MALFORMED.values():
        for one in defects(document):
            names = set(re.findall(r"\{(\w+)\}", DEFECT_MESSAGES[one.code]))
            assert names == set(one.params)
            assert one.detail == DEFECT_MESSAGES[one.code].format(**one.params)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xff", [("", "not_utf8")]),
        (b"", [("", "not_json")]),
        (b'{"a": 1', [("", "not_json")]),
        (b"[]", [("", "wrong_type")]),
        (b'{"a": NaN, "b": [-Infinity]}', [("/a", "not_finite"), ("/b/0", "not_finite")]),
        (b'{"a": {"x": 1, "x": 2}, "a": 3}', [("/a", "repeated_key")]),
        (b'{"b": [{"x": 1, "x": 2}]}', [("/b/0/x", "repeated_key")]),
        (
            b'{"a": 1e999999, "b": 1e31}',
            [("/a", "number_out_of_range")] * 1 + [("/b", "number_out_of_range")],
        ),
        (b'{"a": ' + b"9" * 5000 + b"}", [("/a", "number_out_of_range")]),
        (b'{"a/b": "\\ud800"}', [("/a~1b", "not_text")]),
        (b'{"\\ud800": 1}', [("", "not_text")]),
        (b"[" * 100_000, [("", "nested_too_deeply")]),
        (b'{"a":' * 100_000, [("", "nested_too_deeply")]),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_bytes_that_are_no_document(data: bytes, expected: Found) -> None:
    assert refused(data) == expected


def test_a_byte_order_mark_is_ignored() -> None:
    assert parse(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_numbers_never_pass_through_binary_floating_point() -> None:
    read_back = parse(b'{"a": 0.1, "b": 1e2, "c": 12345678901234567890.123456789}')
    assert read_back == {
        "a": Decimal("0.1"),
        "b": Decimal("1e2"),
        "c": Decimal("12345678901234567890.123456789"),
    }


NUMBERS = [
    ("1.50", None),
    ("-0", None),
    (Decimal("2.5"), None),
    (7, None),
    ("1e3", None),
    ("9" * 30, None),
    (0.5, "binary_float"),
    (True, "not_a_decimal"),
    (None, "not_a_decimal"),
    ("", "not_a_decimal"),
    ("1,5", "not_a_decimal"),
    (" 1", "not_a_decimal"),
    ("+1", "not_a_decimal"),
    (".5", "not_a_decimal"),
    ("01", "not_a_decimal"),
    ("NaN", "not_a_decimal"),
    ("١", "not_a_decimal"),
    (Decimal("NaN"), "not_a_decimal"),
    ("1e30", "number_out_of_range"),
    ("1e-31", "number_out_of_range"),
    ("9" * 31, "number_out_of_range"),
    ("1" * 200, "number_out_of_range"),
    (10**30, "number_out_of_range"),
    (Decimal("1e999999"), "number_out_of_range"),
    (Decimal("1e-999999"), "number_out_of_range"),
]


@pytest.mark.parametrize(("value", "code"), NUMBERS, ids=lambda value: repr(value)[:20])
def test_what_a_number_is(value: Any, code: str | None) -> None:
    document = problem(lots=[lot(shortfall_cost=value)])
    expected = [] if code is None else [("/lots/0/shortfall_cost", code)]
    assert found(document) == expected


def test_zero_written_with_an_exponent_is_zero() -> None:
    document = problem(lots=[lot(shortfall_cost=Decimal("0e-500"))])
    assert read(document).lots["L"].shortfall_cost == 0


def test_defaults_are_filled_in() -> None:
    document = problem(offer(increment="4"), lots=[lot(demand="10", increment="2")])
    made = read(document)
    assert made.periods == ("",)
    assert made.offers["O"].maximum == 12
    assert made.offers["O"].workshare == {"A": 1}
    assert made.objective[0].terms == (("cost", 1),)


def test_the_default_maximum_is_at_least_the_minimum() -> None:
    assert read(problem(offer(minimum="30"))).offers["O"].maximum == 30


def test_a_consortium_shares_equally_by_default() -> None:
    document = problem(offer(bidder="ABC"))
    document["bidders"].append({"id": "ABC", "members": ["A", "B", "C"]})
    shares = read(document).offers["O"].workshare.values()
    assert sum(shares) == 1
    assert len(set(shares)) == 1


def test_missing_item_values_are_asked_for_only_where_they_are_needed() -> None:
    rule = {"id": "R", "kind": "share", "measure": "value", "max": "0.5"}
    document = problem(packages=[package("P", "A", "9", item("L", "5"))], rules=[rule])
    assert found(document) == []
    rule["per"] = "lot"
    assert found(document) == [("/packages/0/items/0/value", "item_value_missing")]
    del rule["per"]
    rule["scope"] = {"lots": ["L"], "bidders": ["B"]}
    assert found(document) == []
    document["rules"] = []
    document["adjustments"] = [{"id": "J", "percent": "5", "scope": {"lots": ["L"]}}]
    assert found(document) == [("/packages/0/items/0/value", "item_value_missing")]


def test_units_are_compared_only_where_quantities_are_added_up() -> None:
    rule: dict[str, Any] = {"id": "R", "kind": "share", "measure": "quantity", "max": "0.5"}
    lots = [lot("L"), {**lot("M"), "unit": "kg"}]
    document = problem(offer(), offer("P", of="M"), lots=lots, rules=[rule])
    assert found(document) == [("/rules/0/measure", "units_differ")]
    for change in ({"per": "lot"}, {"scope": {"lots": ["L"]}}, {"measure": "value"}):
        assert found({**document, "rules": [{**rule, **change}]}) == []
    document["rules"] = []
    document["adjustments"] = [{"id": "J", "per_unit": "1"}]
    assert found(document) == [("/adjustments/0/per_unit", "units_differ")]


def test_all_defects_are_raised_at_once() -> None:
    document, expected = MALFORMED["offers"]
    with pytest.raises(DocumentError) as caught:
        read(document)
    assert len(caught.value.defects) == len(expected)
    assert "/offers/" in str(caught.value)


@pytest.mark.parametrize("whole", [None, [], "x", 3])
def test_a_document_is_an_object(whole: Any) -> None:
    assert found(whole) == [("", "wrong_type")]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.decimals(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@settings(max_examples=300)
@given(st.data())
def test_no_damage_to_a_document_gives_a_traceback(data: st.DataObject) -> None:
    document = deepcopy(example("problem"))
    for _ in range(data.draw(st.integers(1, 3))):
        place: Any = document
        while isinstance(place, (dict, list)) and place:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = data.draw(st.sampled_from(keys))
            if not isinstance(place[key], (dict, list)) or data.draw(st.booleans()):
                place[key] = data.draw(JUNK)
                break
            place = place[key]
    for one in defects(document):
        assert one.code in DEFECT_MESSAGES
        assert one.detail


TEXTS = st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace"))


@settings(max_examples=300)
@given(st.binary(max_size=60) | TEXTS)
def test_no_bytes_give_a_traceback(data: bytes) -> None:
    document: dict[str, Any] = {}
    try:
        document = parse(data)
        given = defects(document)
    except DocumentError as error:
        given = list(error.defects)
    assert given
    canonical(document)


@settings(max_examples=100)
@given(st.dictionaries(st.text(max_size=4), JUNK, max_size=4))
def test_any_json_object_is_examined(document: dict[str, Any]) -> None:
    assert defects(document)
    json.dumps([vars(one) | {"params": dict(one.params)} for one in defects(document)])
