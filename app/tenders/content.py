"""What a tender asks for, examined whole: its lots, and every defect at once."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from sqlalchemy.orm import Session

from app.allocation import document
from app.directory import queries as directory
from app.directory.calendar import Span
from app.kit.problems import Fault
from app.kit.types import decimal_text
from app.tenders import explosion, queries, wording
from app.tenders.models import ProductPart, TenderLot
from app.tenders.products import unknown_processes
from app.tenders.schemas import LotBody, OverrideBody, PeriodBody, TenderRequest

LEAST_COST: list[dict[str, Any]] = [{"terms": [{"measure": "cost", "weight": "1"}]}]


def examine(
    session: Session, asked: TenderRequest, *, organisation_id: str, now: datetime
) -> tuple[list[TenderLot], list[Fault]]:
    """Return the lots of a tender, not stored, and every defect of the request."""
    found = [*_deadline_faults(asked, now), *_period_faults(asked.periods)]
    regency = directory.regency(session, asked.delivery_regency)
    if regency is None:
        found.append(Fault("/delivery_regency", "unknown_regency", "is not a regency's code"))
    found += _shape_faults(asked)
    if asked.product_id is not None:
        lots, more = _product_lots(session, asked, organisation_id)
    else:
        lots = [_lot(index, lot) for index, lot in enumerate(asked.lots or ())]
        more = unknown_processes(session, "lots", (lot.process for lot in lots))
    found += more
    if lots:
        found += _without_demand(asked, lots)
        found += _document_faults(asked, lots, None if regency is None else regency.region)
    return lots, found


def objective(asked: TenderRequest) -> list[dict[str, Any]]:
    """Return the stages asked for, or the format's default written out."""
    return LEAST_COST if asked.objective is None else asked.objective


def _deadline_faults(asked: TenderRequest, now: datetime) -> Iterator[Fault]:
    if asked.closes_at <= now:
        yield Fault("/closes_at", "not_in_future", "must lie in the future")
    if asked.opens_at is not None and asked.opens_at < asked.closes_at:
        yield Fault("/opens_at", "opens_before_closing", "must not lie before closes_at")


def _period_faults(periods: Sequence[PeriodBody]) -> Iterator[Fault]:
    for index, (before, period) in enumerate(pairwise(periods), 1):
        expected = before.starts_on + timedelta(weeks=before.weeks)
        if period.starts_on != expected:
            yield Fault(
                f"/periods/{index}/starts_on",
                "not_contiguous",
                "must be {expected}, when the period before ends",
                {"expected": expected.isoformat()},
            )


def _shape_faults(asked: TenderRequest) -> Iterator[Fault]:
    """Yield what does not fit together: a product has a schedule, lots have none."""
    if asked.product_id is None:
        if asked.lots is None:
            yield Fault("/lots", "missing", "is required where no product is given")
        if asked.schedule is not None:
            yield Fault("/schedule", "needs_product", "is possible only with a product")
        if asked.overrides:
            yield Fault("/overrides", "needs_product", "is possible only with a product")
        return
    if asked.lots is not None:
        yield Fault("/lots", "lots_and_product", "is not possible beside a product")
    if asked.schedule is None:
        yield Fault("/schedule", "missing", "is required with a product")
    elif len(asked.schedule) != len(asked.periods):
        yield Fault(
            "/schedule",
            "wrong_period_count",
            "must have one entry for each of the {periods} periods",
            {"periods": len(asked.periods)},
        )


def _product_lots(
    session: Session, asked: TenderRequest, organisation_id: str
) -> tuple[list[TenderLot], list[Fault]]:
    product = queries.product_of(session, organisation_id, asked.product_id or "")
    if product is None:
        return [], [Fault("/product_id", "unknown_product", "is not a product of yours")]
    parts = [part for part in queries.parts(session, product.id) if part.make == "subcontracted"]
    if not parts:
        sentence = "has no part that is subcontracted"
        return [], [Fault("/product_id", "nothing_subcontracted", sentence)]
    spans = [Span(period.starts_on, period.weeks) for period in asked.periods]
    # A schedule of the wrong length has its own defect; the rules can still be read beside it.
    schedule = (asked.schedule or [])[: len(spans)]
    costs = {override.part: override for override in asked.overrides}
    lots = [
        _part_lot(index, part, costs.get(part.code), schedule, spans)
        for index, part in enumerate(parts)
    ]
    return lots, _override_faults(asked.overrides, {part.code for part in parts})


def _override_faults(overrides: Sequence[OverrideBody], parts: set[str]) -> list[Fault]:
    found = []
    seen: set[str] = set()
    for index, override in enumerate(overrides):
        place = f"/overrides/{index}/part"
        if override.part not in parts:
            found.append(Fault(place, "unknown_part", "is not a subcontracted part of the product"))
        elif override.part in seen:
            found.append(Fault(place, "duplicate_part", "is named more than once"))
        seen.add(override.part)
    return found


def _part_lot(
    position: int,
    part: ProductPart,
    costs: OverrideBody | None,
    schedule: Sequence[Decimal],
    spans: Sequence[Span],
) -> TenderLot:
    demand = explosion.demand(
        quantity_per=part.quantity_per,
        lead_time_weeks=part.lead_time_weeks,
        increment=part.increment,
        schedule=schedule,
        spans=spans,
    )
    return TenderLot(
        code=part.code,
        position=position,
        name=part.name,
        unit=part.unit,
        process=part.process,
        increment=part.increment,
        demand=[decimal_text(quantity) for quantity in demand],
        shortfall_cost=costs.shortfall_cost if costs else None,
        carry_cost=costs.carry_cost if costs else None,
        over_cost=costs.over_cost if costs else None,
        tags=part.tags,
    )


def _lot(position: int, lot: LotBody) -> TenderLot:
    return TenderLot(
        code=lot.code,
        position=position,
        name=lot.name,
        unit=lot.unit,
        process=lot.process,
        increment=lot.increment,
        demand=[decimal_text(quantity) for quantity in lot.demand],
        shortfall_cost=lot.shortfall_cost,
        carry_cost=lot.carry_cost,
        over_cost=lot.over_cost,
        tags=lot.tags,
    )


def _without_demand(asked: TenderRequest, lots: Sequence[TenderLot]) -> Iterator[Fault]:
    if asked.product_id is not None:
        if asked.schedule and not any(asked.schedule):
            yield Fault("/schedule", "no_demand", "must ask for something in some period")
        return
    for index, lot in enumerate(lots):
        if not any(Decimal(quantity) for quantity in lot.demand):
            place = f"/lots/{index}/demand"
            yield Fault(place, "no_demand", "must ask for something in some period")


def _document_faults(
    asked: TenderRequest, lots: Sequence[TenderLot], region: str | None
) -> Iterator[Fault]:
    """Yield what the allocation format says of the tender, at the places of this request."""
    frame = wording.frame(
        currency=asked.currency,
        periods=[period.id for period in asked.periods],
        lots=lots,
        region=region,
    )
    stated = {"rules": asked.rules, "objective": objective(asked)}
    for defect in document.defects({"format": document.FORMAT, **frame, **stated}):
        yield Fault(
            place_in_request(defect.pointer, of_product=asked.product_id is not None),
            defect.code,
            document.DEFECT_MESSAGES[defect.code],
            defect.params,
        )


def place_in_request(pointer: str, *, of_product: bool) -> str:
    """Return where the request says what stands at a pointer of the allocation document."""
    steps = pointer.split("/")
    if steps[1] == "lots" and of_product:
        return "/schedule"  # the parts were checked when the product was written down
    if steps[1] == "periods" and len(steps) == 3:
        return f"{pointer}/id"
    if steps[1] == "lots" and steps[3:] == ["id"]:
        return "/".join([*steps[:3], "code"])
    return pointer
