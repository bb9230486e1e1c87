import logging
import sys
from collections.abc import Iterator
from decimal import Decimal

import pytest
import structlog

from app.kit import telemetry
from app.kit.http import read_json
from app.kit.i18n import choose
from app.kit.problems import MalformedJson
from tests.support.api import World


def test_numbers_do_not_pass_through_binary_floating_point() -> None:
    read = read_json(b'{"a": 0.1, "b": 12345678901234567890.123456789, "c": 3}')
    assert read == {"a": Decimal("0.1"), "b": Decimal("12345678901234567890.123456789"), "c": 3}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"\xff\xfe",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1e999999}',
        b'{"a": 1, "a": 2}',
        b"[" * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
        rb'{"a": ["x\u0000"]}',
        rb'{"\ud800": 1}',
        rb'{"a": {"b": "\udfff"}}',
    ],
)
def test_what_is_no_exact_json_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedJson):
        read_json(body)


def test_escapes_that_are_characters_are_read() -> None:
    read = read_json(rb'{"a": "\ud83d\ude00 \u00e9 \\u0000"}')
    assert read == {"a": "\U0001f600 é \\u0000"}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("id", "id"),
        ("id-ID,id;q=0.9,en;q=0.8", "id"),
        ("en;q=0.5, id;q=0.9", "id"),
        ("fr, de", "en"),
        ("en-GB", "en"),
        (";;;q=x", "en"),
        ("*", "en"),
    ],
)
def test_the_reader_s_language_is_chosen(header: str | None, language: str) -> None:
    assert choose(header) == language


def _send(world: World, body: bytes, **headers: str):
    return world.client.post(
        "/v1/registrations", content=body, headers={"Content-Type": "application/json", **headers}
    )


def test_malformed_json_is_a_problem(world: World) -> None:
    answer = _send(world, b'{"name": ')
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "malformed_json"


def test_a_body_of_20_megabytes_is_refused(world: World) -> None:
    answer = _send(world, b'{"name": "' + b"x" * 20_000_000 + b'"}')
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    chunks = (b"x" * 1_000_000 for _ in range(20))
    answer = world.client.post(
        "/v1/registrations", content=chunks, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413


def test_a_body_that_is_no_object_is_a_problem(world: World) -> None:
    for body in (b"null", b"[]", b'"x"', b"1"):
        assert _send(world, body).status_code == 422
    answer = world.client.post("/v1/registrations", content=b"name=x")
    assert answer.status_code in {415, 422}
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_unknown_address_and_a_wrong_method_are_problems(world: World) -> None:
    answer = world.client.get("/v1/nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    answer = world.client.put("/v1/registrations", json={})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert "POST" in answer.headers["allow"]


def test_every_answer_carries_strict_headers_and_the_request_s_id(world: World) -> None:
    answer = world.client.get("/v1/nothing", headers={"X-Request-ID": "erp-17"})
    assert answer.headers["x-request-id"] == "erp-17"
    assert answer.json()["instance"] == "urn:request:erp-17"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    hostile = world.client.get("/v1/nothing", headers={"X-Request-ID": 'x" injected="1'})
    assert hostile.headers["x-request-id"].startswith("req_")


@pytest.fixture(name="configured")
def _configured() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    telemetry.configure()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_no_key_is_written_to_the_log(configured: None, capfd) -> None:
    logging.getLogger().handlers[0].setStream(sys.stderr)
    logging.getLogger("test").warning("seen %s", "Bearer jjk_abc-DEF_123")
    said = capfd.readouterr().err
    assert "jjk_***" in said
    assert "abc-DEF" not in said


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/allocations/a%00b", 404),
        ("/v1/regencies?cursor=a%00b", 422),
        ("/v1/regencies?cursor=%C3%A9", 422),
        ("/v1/regencies?cursor=YQ", 422),
        ("/v1/regencies?cursor=YTp4AA", 422),
        ("/v1/regencies?limit=0", 422),
    ],
)
def test_an_address_that_names_nothing_is_refused(world: World, path: str, status: int) -> None:
    assert world.firm("CV Satu").get(path).status_code == status
