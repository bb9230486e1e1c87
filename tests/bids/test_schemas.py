"""What the API says of a bid's body, held against bodies that it takes."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from app.allocation.reading.format import OFFER
from app.bids.offer_schema import offer_schema
from app.bids.schemas import SubmissionRequest

EXAMPLES = SubmissionRequest.model_config["json_schema_extra"]["examples"]  # type: ignore[index,call-overload]  # a dict here


def errors(body: Any) -> list[str]:
    schema = SubmissionRequest.model_json_schema()
    Draft202012Validator.check_schema(schema)
    return [error.message for error in Draft202012Validator(schema).iter_errors(body)]


def test_the_examples_are_bodies_of_the_schema_and_of_the_format() -> None:
    for example in EXAMPLES:
        assert errors(example) == []
        SubmissionRequest.model_validate(example)


@pytest.mark.parametrize(
    "change",
    [
        {"price": "-1"},
        {"price": "1234567890123"},
        {"setup": "01"},
        {"bidder": "org_a"},
        {"colour": "red"},
        {"id": "with blanks"},
        {"order": "1.5"},
        {"uses": [{"per_unit": "1"}]},
    ],
)
def test_the_schema_refuses_what_the_server_refuses(change: dict[str, Any]) -> None:
    (offer,) = EXAMPLES[0]["offers"]
    assert errors({"offers": [{**offer, **change}]})


def test_an_offer_has_the_formats_fields_but_the_bidder() -> None:
    schema = offer_schema()
    assert set(schema["properties"]) == set(OFFER.fields) - {"bidder"}
    assert schema["required"] == ["id", "lot", "price"]
    assert "$ref" not in str(schema)


def test_the_openapi_document_says_so(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    body = document["components"]["schemas"]["SubmissionRequest"]
    assert body["properties"]["offers"]["items"] == offer_schema()
    submit = document["paths"]["/v1/tenders/{tender_id}/bids"]["post"]
    assert {"201", "401", "403", "404", "409", "413", "422"} <= set(submit["responses"])
