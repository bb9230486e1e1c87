"""Routes of the change feed."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from app.identity.actor import Actor, allowed
from app.kit.db import ReadSession
from app.kit.events import Event
from app.kit.events.queries import feed_of
from app.kit.http import ExactRoute, View
from app.kit.paging import Asked, Page, cursor_after, page
from app.kit.problems import responses
from app.kit.types import Instant

router = APIRouter(tags=["integration"], route_class=ExactRoute)


class EventView(View):
    """Something that happened, with its place in the chain."""

    seq: int = Field(description="Place in commit order; gaps are other organisations' events.")
    id: str
    type: str = Field(examples=["tender.published"])
    subject_id: str
    actor_id: str | None
    occurred_at: Instant
    data: dict[str, Any]
    leaf_sha256: str
    chain_sha256: str = Field(description="Hash of the chain up to and with this event.")


def _place(text: str) -> int:
    place = int(text)
    if not 0 <= place < 2**63:
        raise ValueError(text)
    return place


@router.get("/events", responses=responses())
def feed(
    actor: Annotated[Actor, allowed("events:read")], session: ReadSession, asked: Asked
) -> Page[EventView]:
    """Follow what happens in your organisation: keep the last `next` cursor and ask again.

    Events come in commit order and none is ever inserted before one that was already given, so a
    reader that continues from its last cursor misses nothing. `next` is never null.
    """
    rows = feed_of(actor.organisation_id)
    found = page(session, rows, Event.seq, asked, EventView.model_validate, read_key=_place)
    if found.next is None:  # a feed has no end: its reader keeps its place and asks again
        found.next = cursor_after(found.items[-1].seq if found.items else asked.after or 0)
    return found
