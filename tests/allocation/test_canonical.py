"""The canonical form, its hash, and the shortest text of a number."""

import hashlib
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.allocation.document import (
    DocumentError,
    canonical,
    decimal_text,
    parse,
    problem_sha256,
)
from app.allocation.published import example
from tests.allocation.documents import lot, offer, problem


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (-7, "-7"),
        (Decimal("-0.00"), "0"),
        (Decimal("1.500"), "1.5"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-7"), "0.0000001"),
        (Fraction(1, 8), "0.125"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(1, 3), "0.333333333333"),
        (Fraction(2, 3), "0.666666666667"),
        (Fraction(-2, 3), "-0.666666666667"),
        (Fraction(1, 3 * 10**13), "0"),
        # A finite decimal is written whole, however long.
        (Fraction(1, 2**20), "0.00000095367431640625"),
        (Fraction(100), "100"),
    ],
)
def test_the_shortest_plain_text(number: Any, text: str) -> None:
    assert decimal_text(number) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=8))
def test_text_and_number_are_the_same(number: Decimal) -> None:
    assert Decimal(decimal_text(number)) == number
    assert decimal_text(Fraction(number)) == decimal_text(number)


def test_numbers_are_text_and_ids_are_left_alone() -> None:
    document = parse(b'{"lots": [{"unit": "1.50", "id": "007", "demand": [1.50, "2.0", 3]}]}')
    text = b'{"lots":[{"demand":["1.5","2","3"],"id":"007","unit":"1.50"}]}'
    assert canonical(document) == text


def test_a_number_means_the_same_however_it_is_written() -> None:
    written = [problem(offer(price=price)) for price in ("12.50", Decimal("12.5"), "1.25e1")]
    assert len({problem_sha256(document) for document in written}) == 1
    assert problem_sha256(problem(offer(price="12.51"))) != problem_sha256(written[0])


def test_the_hash_is_of_the_canonical_bytes() -> None:
    document = example("problem")
    assert problem_sha256(document) == hashlib.sha256(canonical(document)).hexdigest()
    assert problem_sha256(parse(canonical(document))) == problem_sha256(document)


def test_defaults_are_not_filled_in() -> None:
    bare, stated = problem(offer()), problem(offer(setup="0"))
    assert problem_sha256(bare) != problem_sha256(stated)


def test_keys_are_sorted_by_utf16_and_text_is_escaped_as_json_says() -> None:
    scores = {"\ufb33": "1", "\U0001f600": "2", "a": "3"}
    document = {"offers": [{"id": 'q"\\\n\u0001\u007fé', "scores": scores}]}
    text = '{"offers":[{"id":"q\\"\\\\\\n\\u0001\u007fé","scores":'
    text += '{"a":"3","\U0001f600":"2","\ufb33":"1"}}]}'
    assert canonical(document) == text.encode()


def test_any_part_of_a_problem_has_a_canonical_form() -> None:
    assert canonical({"offers": [{"price": "1.0", "unknown": [1.0 and 1, None, True]}]}) == (
        b'{"offers":[{"price":"1","unknown":["1",null,true]}]}'
    )


def test_what_is_no_exact_document_has_none() -> None:
    with pytest.raises(TypeError, match="float"):
        canonical(problem(lots=[lot(demand=0.5)]))
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(DocumentError):
        canonical({"extra": deep})
