"""The OpenAPI document is all that an integrator has: complete, exemplary, and as committed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from app.kit.openapi import as_3_1
from app.kit.problems import MEDIA_TYPE
from app.main import create_app

DOCUMENT = create_app().openapi()
SCHEMAS = DOCUMENT["components"]["schemas"]
OPERATIONS = [
    (f"{method.upper()} {path}", operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
]
NAMES = [name for name, _operation in OPERATIONS]


@pytest.fixture(params=OPERATIONS, ids=NAMES, name="operation")
def _operation(request: pytest.FixtureRequest) -> dict[str, Any]:
    return request.param[1]


def test_the_committed_document_is_the_code_s() -> None:
    committed = Path(__file__).parents[2] / "openapi" / "openapi.json"
    assert json.loads(committed.read_text(encoding="utf-8")) == DOCUMENT, "python3 dev.py openapi"


def test_an_operation_is_described_and_its_answers_are_known(operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert operation["description"].rstrip().endswith((".", "`"))
    good = [answer for code, answer in operation["responses"].items() if code.startswith("2")]
    assert len(good) == 1
    for code, answer in operation["responses"].items():
        if code.startswith(("4", "5")):
            assert list(answer["content"]) == [MEDIA_TYPE]


def test_names_of_operations_and_models_make_clean_clients() -> None:
    ids = [operation["operationId"] for _name, operation in OPERATIONS]
    assert len(set(ids)) == len(ids)
    assert [name for name in SCHEMAS if not name.isidentifier() or "__" in name] == []
    assert [name for name, schema in SCHEMAS.items() if not schema.get("description")] == []


def _bodies() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, operation in OPERATIONS:
        if "requestBody" in operation:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            yield name, SCHEMAS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


@pytest.mark.parametrize(("name", "schema"), [pytest.param(*b, id=b[0]) for b in _bodies()])
def test_a_request_body_has_an_example_that_its_own_schema_takes(
    name: str, schema: dict[str, Any]
) -> None:
    examples = schema["examples"]
    assert examples
    whole = {**schema, "components": DOCUMENT["components"]}
    for example in examples:
        Draft202012Validator(whole).validate(example)


def test_a_document_for_older_generators_stands_beside_it(client: TestClient) -> None:
    older = client.get("/openapi-3.1.json").json()
    assert older["openapi"] == "3.1.0"
    assert "itemSchema" not in json.dumps(older)
    assert as_3_1(DOCUMENT) == older
    assert client.get("/openapi.json").json()["openapi"] == "3.2.0"
