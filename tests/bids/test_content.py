"""A bid's content against the format and a bid's limits, without a database."""

import hashlib
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.allocation.document import canonical, defects
from app.bids import content
from app.bids.models import Bid
from app.bids.wording import bid_problem, lots_of, problem_offers
from app.kit import i18n
from app.kit.problems import Fault

FRAME = {
    "currency": "IDR",
    "periods": ["2027-01", "2027-02"],
    "lots": [
        {"id": "bracket", "unit": "pc", "increment": "10", "demand": ["600", "400"]},
        {"id": "plate", "unit": "pc", "increment": "1", "demand": ["100", "0"]},
    ],
}
FIRMS = ("org_a", "org_b")
SOUND = {
    "id": "O1",
    "lot": "bracket",
    "price": {
        "kind": "incremental",
        "tiers": [{"from": "0", "unit": "12500"}, {"from": "500", "unit": "11900.5"}],
    },
    "increment": "50",
    "minimum": "50",
    "delivery_minimum": "50",
    "maximum": ["600", "400"],
    "setup": "2500000",
    "delivery_cost": "400000",
    "freight": "75",
    "uses": [{"resource": "res_a", "per_unit": "0.05", "per_delivery": "2"}],
    "workshare": {"org_a": "0.6", "org_b": "0.4"},
    "scores": {"lead_time": "14"},
    "tags": ["stainless"],
    "order": 17,
}


def problem(offers: list[Any], objective: list[Any] | None = None) -> dict[str, Any]:
    return bid_problem(
        FRAME,
        objective=objective or [],
        bidder_id="net_k",
        firms=FIRMS,
        resources={"res_a": "org_a", "res_b": "org_b"},
        offers=offers,
    )


def faults(offers: list[Any], objective: list[Any] | None = None) -> list[Fault]:
    return content.faults(offers, problem(offers, objective))


def found(*offers: Any) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in faults(list(offers))]


def test_a_sound_offer_of_every_field_has_no_fault() -> None:
    assert found(SOUND) == []


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"lot": "hinge"}, "/offers/0/lot", "unknown_id"),
        ({"price": "-1"}, "/offers/0/price", "below_zero"),
        ({"price": 12.5}, "/offers/0/price", "binary_float"),
        ({"price": "1234567890123"}, "/offers/0/price", "too_many_digits"),
        ({"price": Decimal("1E12")}, "/offers/0/price", "too_many_digits"),
        ({"price": 10**12}, "/offers/0/price", "too_many_digits"),
        ({"setup": "0.0000000000001"}, "/offers/0/setup", "too_many_digits"),
        ({"setup": "1" * 90}, "/offers/0/setup", "number_out_of_range"),
        ({"setup": "a" * 90}, "/offers/0/setup", "not_a_decimal"),
        ({"maximum": ["600"]}, "/offers/0/maximum", "wrong_period_count"),
        ({"increment": "15"}, "/offers/0/increment", "not_a_multiple"),
        ({"uses": [{"resource": "res_z"}]}, "/offers/0/uses/0/resource", "unknown_id"),
        ({"workshare": {"org_z": "1"}}, "/offers/0/workshare/org_z", "not_a_member"),
        ({"workshare": {"org_a": "0.9"}}, "/offers/0/workshare", "shares_not_one"),
        ({"bidder": "net_z"}, "/offers/0/bidder", "unknown_field"),
        ({"discount": "3"}, "/offers/0/discount", "unknown_field"),
        ({"id": "an id with blanks"}, "/offers/0/id", "string_pattern_mismatch"),
        ({"id": "O1\n"}, "/offers/0/id", "string_pattern_mismatch"),
        ({"id": "x" * 41}, "/offers/0/id", "string_pattern_mismatch"),
        ({"id": "nul\0"}, "/offers/0/id", "string_pattern_mismatch"),
        ({"id": ""}, "/offers/0/id", "empty_text"),
        ({"id": 5}, "/offers/0/id", "wrong_type"),
        ({"scores": {"kind": "1" * 13}}, "/offers/0/scores/kind", "too_many_digits"),
        (
            {"price": {"kind": "all_units", "tiers": [{"from": "0", "unit": "9" * 13}]}},
            "/offers/0/price/tiers/0/unit",
            "too_many_digits",
        ),
    ],
)
def test_each_defect_is_found_once_at_its_place(
    change: dict[str, Any], pointer: str, code: str
) -> None:
    assert found({**SOUND, **change}) == [(pointer, code)]


@pytest.mark.parametrize(
    "value",
    ["999999999999", "0.000000000001", "1.50000000000000000000", 0, "0", Decimal("0E+40"), "1e3"],
)
def test_sane_numbers_of_every_spelling_pass(value: object) -> None:
    assert found({**SOUND, "setup": value}) == []


def test_an_offer_that_is_no_object_is_a_fault_among_others() -> None:
    assert found("text", {**SOUND, "id": "O2"}, 5) == [
        ("/offers/0", "wrong_type"),
        ("/offers/2", "wrong_type"),
    ]


def test_all_defects_come_at_once_in_the_order_of_the_offers() -> None:
    offers = [
        {**SOUND, "price": "-5", "bidder": "me"},
        SOUND,
        {**SOUND, "lot": "hinge", "setup": "9" * 13},
        {"id": "O4"},
    ]
    assert found(*offers) == [
        ("/offers/0/price", "below_zero"),
        ("/offers/0/bidder", "unknown_field"),
        ("/offers/1/id", "duplicate_id"),
        ("/offers/2/id", "duplicate_id"),
        ("/offers/2/lot", "unknown_id"),
        ("/offers/2/setup", "too_many_digits"),
        ("/offers/3/lot", "missing_field"),
        ("/offers/3/price", "missing_field"),
    ]


def test_a_score_that_the_objective_asks_for_is_needed() -> None:
    objective = [{"terms": [{"measure": "score:lead_time"}, {"measure": "score:co2"}]}]
    (fault,) = faults([SOUND], objective)
    assert (fault.pointer, fault.code) == ("/offers/0/scores/co2", "score_missing")


def test_a_defective_tender_is_the_servers_fault() -> None:
    broken = [{"terms": [{"measure": "beauty"}]}]
    with pytest.raises(RuntimeError, match="/objective/0/terms/0/measure"):
        faults([SOUND], broken)


def test_what_the_sender_wrote_comes_back_short_and_as_valid_text() -> None:
    (long,) = faults([{**SOUND, "lot": "x" * 5000}])
    assert len(str(long.params["id"])) == 100
    (lone,) = faults([{**SOUND, "\ud800": "1"}])
    assert lone.pointer == "/offers/0/?"
    json.dumps([lone.pointer, lone.params], ensure_ascii=False).encode()
    (deep,) = faults([{**SOUND, "y" * 5000: "1"}])
    assert len(deep.pointer) == 500


def test_an_offer_of_too_many_values_is_not_read_and_those_beside_it_are() -> None:
    large = {**SOUND, "uses": [1] * 1_000}
    assert found({**SOUND, "id": "O0", "price": "-1"}, large, {**SOUND, "price": "-1"}) == [
        ("/offers/0/price", "below_zero"),
        ("/offers/1", "too_many_values"),
        ("/offers/2/id", "duplicate_id"),
        ("/offers/2/price", "below_zero"),
    ]
    assert found({**SOUND, "uses": [1] * 50})[-1] == ("/offers/0/uses/49", "wrong_type")


@pytest.mark.parametrize("group", [1, 60, 10_000])
def test_however_the_offers_are_grouped_the_defects_are_the_same(
    group: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    offers = [{**SOUND, "id": f"O{i % 5}", "lot": ("bracket", "hinge")[i % 2]} for i in range(9)]
    whole = faults(offers)
    assert len(whole) == 8
    monkeypatch.setattr(content, "_GROUP_VALUES", group)
    assert faults(offers) == whole


def test_reading_stops_where_more_defects_are_found_than_are_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(content, "_GROUP_VALUES", 10)
    monkeypatch.setattr(content, "MAX_LISTED", 3)
    assert len(found(*[5] * 100)) == 10


def test_the_hash_is_of_the_canonical_fragment_and_any_spelling_has_the_same() -> None:
    spelled = {**SOUND, "setup": Decimal("2500000.00"), "order": "17", "freight": 75}
    sealed, sha256 = content.sealed_form([SOUND])
    assert content.sealed_form([spelled]) == (sealed, sha256)
    assert sealed["offers"][0]["order"] == "17"
    written = json.dumps(sealed, ensure_ascii=False, separators=(",", ":")).encode()
    assert written == canonical({"offers": [SOUND]})
    assert sha256 == hashlib.sha256(written).hexdigest()
    assert content.sealed_form([{**SOUND, "freight": "75.1"}])[1] != sha256


@given(st.decimals(min_value=0, max_value="999999999999", places=12))
def test_every_amount_survives_sealing(amount: Decimal) -> None:
    sealed, _sha256 = content.sealed_form([{**SOUND, "setup": amount}])
    assert Decimal(sealed["offers"][0]["setup"]) == amount
    assert found({**SOUND, "setup": amount}) == []


def test_offers_stand_in_the_tenders_problem_under_ids_of_their_bid() -> None:
    sealed, _sha256 = content.sealed_form([SOUND, {**SOUND, "id": "O2", "lot": "plate"}])
    bid = Bid(bidder_id="net_k", number=3, content=sealed)
    offers = problem_offers(bid)
    assert [offer["id"] for offer in offers] == ["net_k/3/O1", "net_k/3/O2"]
    assert {offer["bidder"] for offer in offers} == {"net_k"}
    assert lots_of(sealed["offers"]) == {"bracket", "plate"}
    whole = {**problem([]), "offers": [*offers, {**SOUND, "bidder": "net_k"}]}
    assert defects(whole) == []


def test_every_sentence_about_an_offer_is_known_in_indonesian() -> None:
    samples = [
        {"lot": "hinge"}, {"price": "-1"}, {"price": "x"}, {"price": "9" * 13},
        {"increment": "0"}, {"increment": "15"}, {"maximum": ["1"]},
        {"uses": [{"resource": "res_z"}]}, {"uses": {}}, {"tags": [5]}, {"id": ""}, {"id": "a b"},
        {"order": "1.5"}, {"workshare": {"org_z": "0.5"}}, {"nonsense": 1}, {"setup": "1" * 40},
        {"price": {"kind": "best", "tiers": []}}, {"scores": {}},
        {"price": {"kind": "all_units", "tiers": [{"from": "1", "unit": 1}, {"from": "1"}]}},
    ]  # fmt: skip
    offers = [{**SOUND, "id": f"O{i}", **change} for i, change in enumerate(samples)]
    objective = [{"terms": [{"measure": "score:lead_time"}]}]
    seen = {fault.template for fault in faults([*offers, offers[0]], objective)}
    assert len(seen) > 17
    assert seen - set(i18n.catalogue("id")) == set()
