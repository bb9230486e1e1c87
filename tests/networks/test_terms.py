import hashlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.networks.terms import faults, terms_sha256

HALVES = [("org_b", Decimal("0.50")), ("org_a", Decimal("0.5"))]
TERMS = {
    "network_id": "net_1",
    "name": "KSO Tegal",
    "purpose": "scale",
    "contract_form": "single",
    "lead_id": "org_a",
    "charter": "Café\n“satu”",
    "members": HALVES,
}


def found(members, lead_id="org_a", proposer_id="org_a", known=("org_a", "org_b")):
    defects = faults(members, lead_id=lead_id, proposer_id=proposer_id, known=known)
    return [(defect.pointer, defect.code) for defect in defects]


def test_sound_terms_have_no_defect() -> None:
    assert found(HALVES) == []


@given(st.lists(st.integers(1, 10**12), min_size=2, max_size=40))
def test_shares_that_are_parts_of_one_whole_add_up_and_any_other_do_not(parts: list[int]) -> None:
    rest = 10**12 - sum(parts[1:])
    members = [(f"org_{number}", Decimal(part).scaleb(-12)) for number, part in enumerate(parts)]
    ids = [organisation_id for organisation_id, _share in members]
    exact = [(ids[0], Decimal(rest).scaleb(-12)), *members[1:]]
    assert found(exact, lead_id=ids[1], proposer_id=ids[0], known=ids) == []
    # A trillionth too much is too much.
    over = [(ids[0], Decimal(rest + 1).scaleb(-12)), *members[1:]]
    assert found(over, lead_id=ids[1], proposer_id=ids[0], known=ids) == [
        ("/members", "shares_not_one")
    ]


def test_every_defect_is_found_at_once() -> None:
    members = [
        ("org_b", Decimal("0.3")),
        ("org_x", Decimal("0.3")),
        ("org_b", Decimal("0.3")),
    ]
    assert found(members) == [
        ("/members", "shares_not_one"),
        ("/members", "proposer_not_member"),
        ("/members/1/organisation_id", "unknown_organisation"),
        ("/members/2/organisation_id", "duplicate_member"),
        ("/lead_id", "lead_not_member"),
    ]


def test_the_hash_is_that_of_the_canonical_text() -> None:
    canonical = (
        '{"charter":"Café\\n“satu”","contract_form":"single",'
        '"format":"jejaring.network-terms/1","id":"net_1","lead_id":"org_a",'
        '"members":[{"organisation_id":"org_a","share":"0.5"},'
        '{"organisation_id":"org_b","share":"0.5"}],"name":"KSO Tegal","purpose":"scale"}'
    )
    assert terms_sha256(**TERMS) == hashlib.sha256(canonical.encode()).hexdigest()


@pytest.mark.parametrize(
    "change",
    [
        {"network_id": "net_2"},
        {"name": "KSO Brebes"},
        {"purpose": "scope"},
        {"contract_form": "several"},
        {"lead_id": "org_b"},
        {"charter": "Café"},
        {"members": [("org_a", Decimal("0.4")), ("org_b", Decimal("0.6"))]},
        {"members": [("org_a", Decimal("0.5")), ("org_c", Decimal("0.5"))]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_other_terms_have_another_hash(change) -> None:
    assert terms_sha256(**{**TERMS, **change}) != terms_sha256(**TERMS)


def test_the_order_in_which_members_are_named_does_not_matter() -> None:
    turned = {**TERMS, "members": list(reversed(HALVES))}
    assert terms_sha256(**turned) == terms_sha256(**TERMS)
