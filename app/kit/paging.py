"""Keyset paging: `?cursor=&limit=` gives `items`, `next` and `prev` in the order of ids."""

import base64
from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.kit.problems import Fault, Malformed

Row = TypeVar("Row")
Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """One page of a list, oldest first; a cursor is opaque."""

    model_config = ConfigDict(
        json_schema_extra={"description": "One page of a list, oldest first; a cursor is opaque."}
    )

    items: list[Item]
    next: str | None = Field(None, description="Cursor of the following page; null at the end.")
    prev: str | None = Field(None, description="Cursor of the page before; null at the start.")

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Name a page as a client would: `OrderPage`, for orders."""
        item = str(params[0].__name__).removesuffix("View").removesuffix("Item")
        return f"{item}Page"


class Window(BaseModel):
    """Which page is asked for."""

    after: str | None = None
    before: str | None = None
    limit: int = 50


def _encode(direction: str, key: str) -> str:
    return base64.urlsafe_b64encode(f"{direction}:{key}".encode()).decode().rstrip("=")


def cursor_after(key: object) -> str:
    """Return the cursor of what follows a key."""
    return _encode("a", str(key))


def _bad_cursor() -> Malformed:
    return Malformed(faults=[Fault("/query/cursor", "bad_cursor", "is not a cursor of this list")])


def _read(read_key: Callable[[str], Any], key: str) -> Any:  # noqa: ANN401 - a column's value
    try:
        return read_key(key)
    except ValueError as error:
        raise _bad_cursor() from error


def _decode(cursor: str) -> tuple[str, str]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:  # no base 64, or no UTF-8 within
        text = ""
    direction, _, key = text.partition(":")
    if direction not in {"a", "b"} or not key or "\0" in key:
        raise _bad_cursor()
    return direction, key


def window(
    cursor: Annotated[
        str | None, Query(max_length=200, description="From `next` or `prev`.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Window:
    """Read `?cursor=&limit=`."""
    if cursor is None:
        return Window(limit=limit)
    direction, key = _decode(cursor)
    return Window(limit=limit, **{"after" if direction == "a" else "before": key})


Asked = Annotated[Window, Depends(window)]


def page(
    session: Session,
    rows: Select[Row],
    key: InstrumentedAttribute[Any],
    asked: Window,
    view: Callable[[Row], Item],
    *,
    read_key: Callable[[str], Any] = str,
) -> Page[Item]:
    """Return one page of a statement, ordered by a unique key column.

    A row inserted or deleted between two pages neither repeats nor hides another one.
    """
    backwards = asked.before is not None
    if asked.after is not None:
        rows = rows.where(key > _read(read_key, asked.after))
    if asked.before is not None:
        rows = rows.where(key < _read(read_key, asked.before))
    ordered = rows.order_by(key.desc() if backwards else key.asc()).limit(asked.limit + 1)
    found = list(session.scalars(ordered))
    more = len(found) > asked.limit
    found = found[: asked.limit]
    if backwards:
        found.reverse()
    if not found:
        return Page(items=[])
    first, last = getattr(found[0], key.key), getattr(found[-1], key.key)
    has_next = more if not backwards else True
    has_prev = (asked.after is not None) if not backwards else more
    return Page(
        items=[view(row) for row in found],
        next=_encode("a", last) if has_next else None,
        prev=_encode("b", first) if has_prev else None,
    )
