"""A tender in the words of the allocation format."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from app.directory.calendar import Span
from app.kit.types import decimal_text
from app.tenders.models import Tender, TenderLot


def spans(tender: Tender) -> list[Span]:
    """Return the tender's delivery periods as weeks of the calendar."""
    return [
        Span(date.fromisoformat(period["starts_on"]), period["weeks"]) for period in tender.periods
    ]


def problem_frame(
    tender: Tender, lots: Sequence[TenderLot], region_of: Callable[[str], str | None]
) -> dict[str, Any]:
    """Return currency, periods and lots as an allocation problem states them.

    Parameters
    ----------
    tender, lots
        The tender and its lots, in their order.
    region_of
        Returns the region (ISO 3166-2) of a regency's code, None where it has none.
    """
    return frame(
        currency=tender.currency,
        periods=[period["id"] for period in tender.periods],
        lots=lots,
        region=region_of(tender.delivery_regency),
    )


def frame(
    *, currency: str, periods: Sequence[str], lots: Sequence[TenderLot], region: str | None
) -> dict[str, Any]:
    """Return the same of a tender that is not stored yet."""
    return {
        "currency": currency,
        "periods": list(periods),
        "lots": [_lot(lot, region) for lot in lots],
    }


def _lot(lot: TenderLot, region: str | None) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": lot.code,
        "unit": lot.unit,
        "increment": decimal_text(lot.increment),
        "demand": lot.demand,
    }
    for name in ("shortfall_cost", "carry_cost", "over_cost"):
        cost = getattr(lot, name)
        if cost is not None:
            entry[name] = decimal_text(cost)
    entry["tags"] = lot.tags
    if region is not None:
        entry["region"] = region
    return entry
