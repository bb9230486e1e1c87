import json
from decimal import Decimal

import pytest
from sqlalchemy import Table, func, select

from app.allocation import document
from app.kit.db import Database
from app.tenders.models import Tender, TenderLot
from tests.support.api import Firm, World
from tests.support.tenders import (
    a_product,
    draft_tender,
    instant,
    lot,
    part,
    tender_body,
)

DUAL = {"id": "dual", "kind": "count", "of": "bidder", "per": "lot", "min": 2}


@pytest.fixture(name="buyer")
def _buyer(world: World) -> Firm:
    return world.firm("PT Pusat")


def defects(answer) -> set[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return {(error["pointer"], error["code"]) for error in answer.json()["errors"]}


def stored(database: Database, table: Table) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_numbers_in_rules_stay_exact(world: World, buyer: Firm) -> None:
    body = tender_body(world)
    # Written by hand: a JSON number, which must not pass through binary floating point.
    rules = (
        '[{"id":"s","kind":"share","measure":"value","select":{"firm_sizes":["micro"]},'
        '"min":0.1000000000000000055511151231,"penalty":"0.10"}]'
    )
    content = json.dumps(body).removesuffix("}") + f', "rules": {rules}}}'
    headers = {"Content-Type": "application/json"}
    answer = buyer.post("/v1/tenders", content=content, headers=headers)
    assert answer.status_code == 201, answer.text
    rule = answer.json()["rules"][0]
    assert Decimal(rule["min"]) == Decimal("0.1000000000000000055511151231")
    assert rule["penalty"] == "0.10"


def test_every_defect_is_named_at_once_at_its_own_place(
    world: World, buyer: Firm, database: Database
) -> None:
    periods = [
        {"id": "p1", "starts_on": "2027-01-04", "weeks": 4},
        {"id": "p1", "starts_on": "2027-02-08", "weeks": 4},
        {"id": "p3", "starts_on": "2027-03-08", "weeks": 4},
    ]
    rules = [
        DUAL,
        {"id": "dual", "kind": "count", "of": "bidder", "min": 2, "scope": {"lots": ["nut"]}},
        {"id": "s", "kind": "split", "shares": ["0.5", "0.4"]},
        {"id": "f", "kind": "count", "of": "firm", "max": -1},
    ]
    answer = buyer.post(
        "/v1/tenders",
        tender_body(
            world,
            delivery_regency="99.99",
            periods=periods,
            lots=[
                lot("bracket", ["600", "400"]),
                lot("hinge", ["0", "0", "0"], process="alchemy"),
                lot("bracket", ["1", "2", "3"]),
            ],
            rules=rules,
            objective=[{"terms": [{"measure": "beauty"}]}],
            closes_at=instant(world, hours=-1),
            opens_at=instant(world, hours=-2),
            schedule=["1"],
            overrides=[{"part": "bracket"}],
        ),
    )
    found = defects(answer)
    assert {
        ("/closes_at", "not_in_future"),
        ("/opens_at", "opens_before_closing"),
        ("/delivery_regency", "unknown_regency"),
        ("/periods/1/starts_on", "not_contiguous"),
        ("/lots/0/demand", "wrong_period_count"),
        ("/lots/1/demand", "no_demand"),
        ("/lots/1/process", "unknown_process"),
        ("/lots/2/code", "duplicate_id"),
        ("/schedule", "needs_product"),
        ("/overrides", "needs_product"),
        ("/rules/1/id", "duplicate_id"),
        ("/rules/1/scope/lots/0", "unknown_id"),
        ("/rules/2/shares", "shares_not_one"),
        ("/rules/3/max", "below_zero"),
    } <= found
    assert ("/periods/1/id", "repeated_entry") in found or ("/periods/1/id", "duplicate_id") in (
        found
    )
    assert any(pointer == "/objective/0/terms/0/measure" for pointer, _code in found)
    # Nothing else is wrong, and nothing is stored.
    assert len(found) == 16
    assert stored(database, Tender.__table__) == 0
    assert stored(database, TenderLot.__table__) == 0


def test_malformed_fields_are_all_named(world: World, buyer: Firm) -> None:
    body = tender_body(
        world,
        title="",
        currency="rupiah",
        payment_days=61,
        periods=[{"id": "p1", "starts_on": "2027-01-05", "weeks": 0}],
        lots=[lot("a", ["-1"], increment="0", shortfall_cost="1e3", unit="")],
        closes_at="2027-01-01T00:00:00",
        award="me",
    )
    found = {pointer for pointer, _code in defects(buyer.post("/v1/tenders", body))}
    assert found == {
        "/title",
        "/currency",
        "/payment_days",
        "/periods/0/starts_on",
        "/periods/0/weeks",
        "/lots/0/demand/0",
        "/lots/0/increment",
        "/lots/0/shortfall_cost",
        "/lots/0/unit",
        "/closes_at",
        "/award",
    }


@pytest.mark.parametrize(
    ("over", "expected"),
    [
        ({"lots": None}, {("/lots", "missing")}),
        ({"lots": None, "schedule": ["1", "2"]}, {("/lots", "missing")}),
        ({"product_id": "prd_nowhere", "lots": None}, {("/product_id", "unknown_product")}),
        ({"product_id": "own"}, {("/lots", "lots_and_product"), ("/schedule", "missing")}),
        ({"product_id": "own", "lots": None}, {("/schedule", "missing")}),
        (
            {"product_id": "own", "lots": None, "schedule": ["1"]},
            {("/schedule", "wrong_period_count")},
        ),
        (
            {"product_id": "own", "lots": None, "schedule": ["1", "2", "3"]},
            {("/schedule", "wrong_period_count")},
        ),
        ({"product_id": "own", "lots": None, "schedule": ["0", "0"]}, {("/schedule", "no_demand")}),
        (
            {
                "product_id": "own",
                "lots": None,
                "schedule": ["1", "2"],
                "overrides": [
                    {"part": "floor"},
                    {"part": "controller"},
                    {"part": "nut"},
                    {"part": "floor"},
                ],
            },
            {
                ("/overrides/1/part", "unknown_part"),
                ("/overrides/2/part", "unknown_part"),
                ("/overrides/3/part", "duplicate_part"),
            },
        ),
        (
            {"product_id": "kept", "lots": None, "schedule": ["1", "2"]},
            {("/product_id", "nothing_subcontracted")},
        ),
        (
            {
                "product_id": "own",
                "lots": None,
                "schedule": ["1"],
                "rules": [{**DUAL, "scope": {"lots": ["floor", "nut"]}}],
            },
            {("/schedule", "wrong_period_count"), ("/rules/0/scope/lots/1", "unknown_id")},
        ),
    ],
)
def test_a_tender_is_of_a_product_with_its_schedule_or_of_lots(
    world: World, buyer: Firm, over: dict, expected: set
) -> None:
    products = {
        "own": lambda: a_product(buyer)["id"],
        "kept": lambda: a_product(buyer, parts=[part("controller", make="kept")])["id"],
    }
    made = products.get(over.get("product_id"))
    body = {**over, "product_id": made()} if made else over
    found = defects(buyer.post("/v1/tenders", tender_body(world, **body)))
    assert expected <= found
    assert {entry for entry in found if entry[0] != "/schedule"} == {
        entry for entry in expected if entry[0] != "/schedule"
    }


def test_another_organisations_product_is_unknown(world: World, buyer: Firm) -> None:
    product = a_product(world.firm("PT Lain"))
    body = tender_body(world, lots=None, product_id=product["id"], schedule=["1", "2"])
    found = defects(buyer.post("/v1/tenders", body))
    assert found == {("/product_id", "unknown_product")}


def test_rules_stand_before_anybody_bids_and_name_no_firm(world: World, buyer: Firm) -> None:
    rule = {**DUAL, "scope": {"firms": [buyer.id], "bidders": [buyer.id], "offers": ["O1"]}}
    found = defects(buyer.post("/v1/tenders", tender_body(world, rules=[rule])))
    assert found == {
        ("/rules/0/scope/firms/0", "unknown_id"),
        ("/rules/0/scope/bidders/0", "unknown_id"),
        ("/rules/0/scope/offers/0", "unknown_id"),
    }


def test_a_tender_that_is_accepted_is_a_sound_allocation_problem(world: World, buyer: Firm) -> None:
    tender = draft_tender(world, buyer, rules=[DUAL])
    lots = [
        {name: row[name] for name in ("unit", "increment", "demand", "tags")} | {"id": row["code"]}
        for row in tender["lots"]
    ]
    problem = {
        "format": document.FORMAT,
        "currency": tender["currency"],
        "periods": [period["id"] for period in tender["periods"]],
        "lots": lots,
        "rules": tender["rules"],
        "objective": tender["objective"],
    }
    assert document.defects(problem) == []


def test_absurd_nesting_is_a_defect_and_no_failure(world: World, buyer: Firm) -> None:
    deep: list = []
    for _ in range(300):
        deep = [deep]
    for name in ("objective", "rules"):
        value = [{"id": "x", "kind": "count", "of": "firm", "deep": deep, "terms": deep}]
        answer = buyer.post("/v1/tenders", tender_body(world, **{name: value}))
        assert answer.status_code == 422, answer.text
