"""The fast ways of reading and writing say what the careful ones say, to the last byte."""

import hashlib
import json
from copy import deepcopy
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.allocation import Options, document
from app.allocation.document import Defect, DocumentError, canonical, defects, parse, read
from app.allocation.files import read_document
from app.allocation.published import example
from app.allocation.reading import canonical as writing
from app.allocation.reading import sound, swift
from app.allocation.wire import request
from tests.allocation.damage import damaged, damaged_bytes
from tests.allocation.documents import lot, offer, problem
from tests.allocation.every_element import everything
from tests.allocation.malformed import MALFORMED
from tests.allocation.tiny import drawn

Json = Any


def outcome(call: Any, *arguments: Any) -> tuple[str, Any]:
    """Return what a call gives, or what it raises: a document in a program may hold anything."""
    try:
        return "gave", call(*arguments)
    except (DocumentError, TypeError, UnicodeEncodeError) as error:
        return type(error).__name__, str(error)


def agree(whole: Json) -> None:
    """Hold the fast ways against the careful ones; all numbers and their order are compared."""
    careful, found = document._examined(whole)
    quick = swift.problem_of(whole)
    assert (quick is None) == bool(found)
    if quick is not None:
        assert repr(quick) == repr(careful)
    assert defects(whole) == found
    if isinstance(whole, dict):
        expected = outcome(writing._carefully, whole)
        assert outcome(canonical, whole) == expected
        kind, told = outcome(document.problem_sha256, whole)
        assert (kind, told) == (
            ("gave", hashlib.sha256(expected[1]).hexdigest()) if kind == "gave" else expected
        )


SOUND = [example("problem"), everything(), *map(drawn, range(60))]


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_documents_are_told_alike(name: str) -> None:
    agree(MALFORMED[name][0])


def test_sound_documents_are_read_alike_and_fast() -> None:
    for whole in SOUND:
        agree(whole)
        agree(parse(json.dumps(whole).encode()))
        assert swift.problem_of(whole) is not None


@pytest.mark.parametrize("start", range(0, 240, 40))
def test_damaged_documents_are_told_alike(start: int) -> None:
    for seed in range(start, start + 40):
        random = Random(seed)  # noqa: S311  # nothing secret is drawn
        agree(damaged(SOUND[seed % len(SOUND)], random))


@settings(max_examples=200)
@given(st.integers(0, 10**9), st.sampled_from(SOUND))
def test_damage_of_any_seed_is_told_alike(seed: int, whole: Json) -> None:
    agree(damaged(whole, Random(seed)))  # noqa: S311  # nothing secret is drawn


MEMBERS = {"workshare": {"A": "0.5", "B": "0.5"}, "bidder": "AB"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"increment": "3"}, [("increment", "not_a_multiple")]),
        ({"increment": "4"}, []),
        ({"maximum": ["1", "2"]}, [("maximum", "wrong_period_count")]),
        ({"maximum": ["1"]}, []),
        ({"uses": [{"resource": "S"}]}, [("uses/0/resource", "unknown_id")]),
        ({"uses": [{"resource": "R"}]}, []),
        ({"lot": "Z"}, [("lot", "unknown_id")]),
        ({"bidder": "Z"}, [("bidder", "unknown_id")]),
        ({"id": "O"}, [("id", "duplicate_id")]),
        (MEMBERS, []),
        ({**MEMBERS, "workshare": {"A": "0.5", "B": "0.4"}}, [("workshare", "shares_not_one")]),
        ({**MEMBERS, "workshare": {"C": "1"}}, [("workshare/C", "not_a_member")]),
        ({**MEMBERS, "bidder": "C"}, [("workshare/A", "not_a_member")] * 2),
        ({"price": {"kind": "all_units", "tiers": []}}, [("price/tiers", "empty_list")]),
        ({"scores": {"\ud800": "1"}}, [("scores", "not_text")]),
        ({"price": "1", "setup": None}, [("setup", "not_a_decimal")]),
        ({"tags": "x"}, [("tags", "wrong_type")]),
    ],
)
@pytest.mark.parametrize("sound_ones_before", [0, 3])
def test_one_offer_out_of_order_is_told_alone(
    changes: dict[str, Any], expected: list[tuple[str, str]], sound_ones_before: int
) -> None:
    before = [offer(f"X{i}", **MEMBERS) for i in range(sound_ones_before)]
    whole = problem(
        offer("O"),
        *before,
        {**offer("P"), **changes},
        lots=[lot(increment="2")],
        resources=[{"id": "R", "capacity": "1"}],
    )
    agree(whole)
    codes = [code for _, code in expected]
    assert [one.code for one in defects(whole)] == codes
    at = f"/offers/{sound_ones_before + 1}/"
    assert [one.pointer for one in defects(whole)][:1] == [at + place for place, _ in expected][:1]


@pytest.mark.parametrize(
    ("starts", "code"),
    [
        ("1", "first_tier_not_zero"),
        ("05", None),
        ("057", None),
        ("055", "tiers_out_of_order"),
        ("054", "tiers_out_of_order"),
    ],
)
def test_tiers_out_of_order_are_told_alone(starts: str, code: str | None) -> None:
    tiers = [{"from": start, "unit": "1"} for start in starts]
    whole = problem(offer(price={"kind": "all_units", "tiers": tiers}))
    agree(whole)
    assert [one.code for one in defects(whole)] == ([] if code is None else [code])


def test_true_is_no_one_however_often_a_one_was_read() -> None:
    for value in (1, "1", True):
        whole = problem(offer(), lots=[lot(shortfall_cost="1"), lot("M", shortfall_cost=value)])
        agree(whole)
        assert (defects(whole) == []) == (value is not True)


def test_lists_and_objects_of_other_classes_are_read_with_care() -> None:
    class Special(dict[str, Any]):
        """As a program may hand over."""

    whole = everything()
    for other in (
        Special(whole),
        {**whole, "offers": tuple(whole["offers"])},
        {**whole, "lots": tuple(whole["lots"])},
        {**whole, "firms": [Special(one) for one in whole["firms"]]},
        {**whole, "offers": [{**one, "scores": Special(one["scores"])} for one in whole["offers"]]},
    ):
        assert swift.problem_of(other) is None
        assert repr(read(other)) == repr(read(whole))
        assert canonical(other) == canonical(whole)
        assert document.problem_sha256(other) == document.problem_sha256(whole)


def test_texts_beyond_what_is_remembered_are_read_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = everything()
    before = repr(read(whole)), canonical(whole)
    monkeypatch.setattr(sound, "_REMEMBERED", 2)
    assert (repr(read(whole)), canonical(whole)) == before


def test_a_list_longer_than_one_piece_is_written_whole() -> None:
    whole = problem(*(offer(f"O{i}", price=f"{i}.50") for i in range(1203)))
    agree(whole)
    assert len(json.loads(canonical(whole))["offers"]) == 1203


def test_two_reference_entries_without_an_offer_are_two_defects() -> None:
    rows = [{"quantities": "1"}, {"quantities": "1"}]
    whole = problem(offer(), reference={"allocations": rows})
    assert [(one.pointer, one.code) for one in defects(whole)] == [
        ("/reference/allocations/0/offer", "missing_field"),
        ("/reference/allocations/1/offer", "missing_field"),
    ]


def told(path: str) -> list[Defect]:
    """What `jejaring solve` finds in a file, when it sends it on, and in the child."""
    try:
        whole = read_document(path)
        line = request(whole, Options())
        read(parse(line)["problem"])
    except DocumentError as error:
        return list(error.defects)
    assert defects(whole) == []
    return []


@settings(max_examples=300)
@given(st.integers(0, 10**9), st.sampled_from(SOUND[:20]), st.booleans())
def test_no_file_gives_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, seed: int, whole: Json, also: bool
) -> None:
    random = Random(seed)  # noqa: S311  # nothing secret is drawn
    path = tmp_path_factory.getbasetemp() / "damaged.json"
    path.write_bytes(damaged_bytes(damaged(whole, random) if also else whole, random))
    for one in told(str(path)):
        assert one.code in document.DEFECT_MESSAGES
        assert len(one.detail) < 10_000


@pytest.mark.parametrize(
    "number", ["1e400", "1e-400", "-0", "NaN", "-Infinity", "9" * 5000, "0." + "0" * 5000 + "1"]
)
@pytest.mark.parametrize("quoted", [False, True], ids=["bare", "quoted"])
def test_every_number_is_read_or_refused(number: str, quoted: bool) -> None:
    text = json.dumps(problem(offer(price="PRICE")))
    data = text.replace('"PRICE"', f'"{number}"' if quoted else number).encode()
    if number == "-0":
        price = read(parse(data)).offers["O"].price.tiers[0].unit
        assert str(price) == "0"
        return
    with pytest.raises(DocumentError) as caught:
        read(parse(data))
    codes = {"not_finite", "number_out_of_range", "not_a_decimal"}
    assert {one.code for one in caught.value.defects} <= codes


@pytest.mark.parametrize("depth", [50, 900, 100_000])
@pytest.mark.parametrize("place", ["extra", "lots", "rules", "currency"])
def test_depth_is_refused_at_any_size(depth: int, place: str) -> None:
    whole = deepcopy(problem(offer()))
    whole[place] = "DEEP"
    data = json.dumps(whole).replace('"DEEP"', "[" * depth + "]" * depth).encode()
    try:
        found = defects(parse(data))
    except DocumentError as error:
        found = list(error.defects)
    assert found
