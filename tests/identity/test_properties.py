"""Property level, over the whole document: nothing unasked is taken, nothing secret is shown."""

from collections.abc import Iterator
from typing import Any

from app.identity import models as identity
from app.kit.db import Base
from app.main import create_app

DOCUMENT = create_app().openapi()
SCHEMAS = DOCUMENT["components"]["schemas"]
OURS = [
    operation
    for item in DOCUMENT["paths"].values()
    for operation in item.values()
    if "identity" in operation.get("tags", ())
]
# Shown once, in the answer that makes them.
SHOWN_ONCE = {
    "NewKeyView.secret",
    "NewClientView.client_secret",
    "NewInvitationView.invitation",
    "TicketView.ticket",
    "EnrolmentView.secret",
    "RecoveryCodesView.recovery_codes",
    "OpenSessionView.csrf_token",
}


def _schemas(part: Any) -> Iterator[str]:
    """The names of every model that a part of the document refers to, however deep."""
    seen: set[str] = set()
    waiting = [part]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            name = str(found.get("$ref", "")).rpartition("/")[2]
            if name and name not in seen:
                seen.add(name)
                waiting.append(SCHEMAS[name])
                yield name
            waiting += found.values()
        elif isinstance(found, list):
            waiting += found


def test_a_request_takes_no_field_that_it_does_not_name() -> None:
    names = {
        name
        for operation in OURS
        if "requestBody" in operation
        for name in _schemas(operation["requestBody"])
    }
    assert len(names) > 12
    open_ones = {name for name in names if SCHEMAS[name].get("additionalProperties") is not False}
    assert open_ones == set()


def test_no_request_sets_what_the_server_decides() -> None:
    decided = {"id", "created_at", "made_by", "granted_by", "firm_id", "revoked_at", "via"}
    for operation in OURS:
        for name in _schemas(operation.get("requestBody", {})):
            fields = set(SCHEMAS[name].get("properties", ()))
            assert not fields & decided, name


def test_no_answer_shows_a_hash_and_a_secret_is_shown_once() -> None:
    words = ("sha256", "hash", "sealed", "secret", "token", "ticket", "recovery_codes")
    shown = {
        f"{name}.{field}"
        for operation in OURS
        for name in _schemas(operation["responses"])
        for field in SCHEMAS[name].get("properties", ())
        if any(word in field for word in words) or f"{name}.{field}" in SHOWN_ONCE
    }
    assert shown - {"SecondFactorView.recovery_codes_left"} == (SHOWN_ONCE)


def test_every_table_of_identity_is_known_with_the_room_s_models() -> None:
    """Whoever imports `identity.models` alone knows all of them, as migrations and workers do."""
    parts = {
        mapper.class_.__module__
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith("app.identity.")
    }
    known = {"app.identity.models", *(part.__name__ for part in identity.PARTS)}
    assert parts == known
