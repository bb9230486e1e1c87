"""Requests and responses about personal data."""

from typing import Annotated, Any, Literal

from pydantic import Field

from app.identity.words import examples
from app.kit.http import Body, View
from app.kit.types import Flag, Instant, Text, Whole

Prose = Annotated[str, Field(min_length=1, max_length=2000)]


class BreachRequest(Body):
    """A failure to protect personal data."""

    model_config = examples(
        {
            "discovered_at": "2026-11-24T03:00:00Z",
            "data_kinds": ["name", "e-mail address"],
            "what_happened": "A copy of the database was found outside the data centre.",
            "measures": "Keys were rotated; the copy was deleted.",
            "people": 120,
            "organisation_ids": ["org_01kb3x8v0aemm9v5c2q7w4t6zn"],
        }
    )

    discovered_at: Instant
    data_kinds: list[Text] = Field(min_length=1, max_length=30)
    what_happened: Prose
    measures: Prose
    people: Whole = Field(ge=0, le=2_000_000_000, description="How many people it concerns.")
    organisation_ids: list[Annotated[str, Field(max_length=40)]] = Field(
        [], max_length=1000, description="Whom it concerns; empty: everybody."
    )


class NoticeRequest(Body):
    """Who was told of a breach, and when."""

    model_config = examples({"told": "subjects", "at": "2026-11-25T03:00:00Z"})

    told: Literal["subjects", "authority"]
    at: Instant


class BreachView(View):
    """A breach as those whom it concerns are told of it."""

    id: str
    discovered_at: Instant
    notify_by: Instant = Field(description="By law within three times 24 hours.")
    data_kinds: list[str]
    what_happened: str
    measures: str
    people: int
    everybody: Flag
    subjects_told_at: Instant | None
    authority_told_at: Instant | None
    recorded_at: Instant
    organisation_ids: list[str] | None = Field(
        None, description="Whom it concerns, for the operator only."
    )


class RecordsView(View):
    """What one table keeps about you."""

    kind: str = Field(examples=["sessions"])
    total: int
    rows: list[dict[str, Any]] = Field(description="The newest, at most 5000.")


class PersonalCopyView(View):
    """Everything that is kept about you."""

    user: dict[str, Any]
    organisation: dict[str, Any] | None
    password_changed_at: str | None
    second_factor: Flag
    records: list[RecordsView]
