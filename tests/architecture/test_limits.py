"""Whatever passes a request's schema fits its column: PostgreSQL would answer 500 where not."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from sqlalchemy import Integer, String

import app.models
from app.awards.models import Award
from app.awards.schemas import AwardRequest
from app.directory.models import ClassificationCode, Profile, Resource
from app.directory.schemas import CodeBody, ProfileRequest, ResourceRequest
from app.kit.db import Base
from app.kit.http import Body
from app.main import create_app
from app.networks.models import Network
from app.networks.schemas import NetworkRequest
from app.orders.models import ScheduleLine
from app.scenarios.models import Run
from app.scenarios.schemas import AllocationRequest, ScenarioRequest
from app.tenders.models import Product, ProductPart, Tender, TenderLot
from app.tenders.schemas import (
    CancellationRequest,
    LotBody,
    PartBody,
    PeriodBody,
    ProductRequest,
    TenderRequest,
)

TABLES: dict[type[Body], type[Base]] = {
    AllocationRequest: Run,
    AwardRequest: Award,
    CodeBody: ClassificationCode,
    LotBody: TenderLot,
    NetworkRequest: Network,
    PartBody: ProductPart,
    ProductRequest: Product,
    ProfileRequest: Profile,
    ResourceRequest: Resource,
    ScenarioRequest: Run,
    TenderRequest: Tender,
}
STORED_AS = {
    (CancellationRequest, "reason"): Tender.cancel_reason,
    (PeriodBody, "id"): ScheduleLine.period,
}
LONGEST_INTEGER = 2**31 - 1
LETTERS = "aA0é "


@cache
def bodies() -> list[type[Body]]:
    assert create_app().routes  # every room is imported
    found: list[type[Body]] = []
    waiting = list(Body.__subclasses__())
    while waiting:
        body = waiting.pop()
        waiting += body.__subclasses__()
        found.append(body)
    return sorted(found, key=lambda body: (body.__module__, body.__name__))


def shapes(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The kinds of value that a field takes, null apart."""
    options = schema.get("anyOf", [schema])
    return [option for option in options if option.get("type") != "null"]


def columns(body: type[Body], field: str) -> list[Any]:
    """The columns that keep a field; a body that names no table may be kept by any of its room."""
    if (body, field) in STORED_AS:
        return [STORED_AS[body, field]]
    if body in TABLES:
        table = TABLES[body].__table__
        return [table.columns[field]] if field in table.columns else []
    room = body.__module__.rpartition(".")[0]
    kept = [
        table.columns[field]
        for mapper in Base.registry.mappers
        for table in (mapper.local_table,)
        if mapper.class_.__module__ == f"{room}.models" and field in table.columns
        if not table.columns[field].foreign_keys  # what refers to another row is looked up first
    ]
    return kept and [max(kept, key=lambda column: getattr(column.type, "length", 0) or 0)]


def fields() -> Iterator[tuple[type[Body], str, dict[str, Any]]]:
    for body in bodies():
        for name, schema in body.model_json_schema().get("properties", {}).items():
            for shape in shapes(schema):
                yield body, name, shape


def fits(shape: dict[str, Any], length: int) -> bool:
    """Whether no text that the schema takes is longer than that."""
    if "enum" in shape or "const" in shape:
        return all(len(word) <= length for word in shape.get("enum", [shape.get("const")]))
    if shape.get("maxLength", length + 1) <= length:
        return True
    pattern = shape.get("pattern")
    return pattern is not None and not any(
        re.search(pattern, letter * (length + 1)) for letter in LETTERS
    )


TEXTS = [
    pytest.param(shape, column.type.length, id=f"{body.__name__}.{name}")
    for body, name, shape in fields()
    if shape.get("type") == "string"
    for column in columns(body, name)
    if isinstance(column.type, String) and column.type.length is not None
]
NUMBERS = [
    pytest.param(shape, id=f"{body.__name__}.{name}")
    for body, name, shape in fields()
    if shape.get("type") == "integer"
    for column in columns(body, name)
    if isinstance(column.type, Integer)
]


@pytest.mark.parametrize(("shape", "length"), TEXTS)
def test_a_text_that_is_accepted_fits_its_column(shape: dict[str, Any], length: int) -> None:
    assert fits(shape, length), f"{shape} may be longer than {length}"


@pytest.mark.parametrize("shape", NUMBERS)
def test_a_number_that_is_accepted_fits_its_column(shape: dict[str, Any]) -> None:
    assert shape["minimum"] >= -LONGEST_INTEGER - 1
    assert shape.get("maximum", shape.get("exclusiveMaximum", 2**63) - 1) <= LONGEST_INTEGER


def test_the_comparison_sees_every_room_and_would_see_a_text_too_long() -> None:
    assert app.models
    assert len(TEXTS) > 30
    assert len(NUMBERS) > 2
    seen = {body.__module__.split(".")[1] for body in bodies()}
    assert {"identity", "directory", "networks", "tenders", "bids", "scenarios", "awards"} <= seen
    assert not fits({"type": "string"}, 200)
    assert not fits({"type": "string", "maxLength": 201}, 200)
    assert not fits({"type": "string", "pattern": "^[a-z]+$"}, 200)
    assert fits({"type": "string", "pattern": "^[a-z]{3}$"}, 3)
    assert not fits({"type": "string", "pattern": "^[a-z]{4}$"}, 3)
