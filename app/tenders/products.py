"""Use case: a centre factory writes down a product with its bill of materials."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.directory import queries as directory
from app.directory.profiles import PROCESS_SCHEME
from app.identity.actor import Actor
from app.kit.events import record
from app.kit.problems import Fault, Malformed
from app.kit.types import new_id
from app.tenders.errors import ProductCodeTaken
from app.tenders.models import Product, ProductPart
from app.tenders.schemas import PartBody, ProductRequest


def create(session: Session, asked: ProductRequest, *, actor: Actor, at: datetime) -> Product:
    """Write down a product.

    Raises
    ------
    Malformed
        With every part whose code is given twice or whose process is unknown.
    ProductCodeTaken
        Where the organisation has a product of this code.
    """
    found = [
        *_codes_given_twice(asked.parts),
        *unknown_processes(session, "parts", (part.process for part in asked.parts)),
    ]
    if found:
        raise Malformed(faults=found)
    product = Product(
        id=new_id("prd"),
        organisation_id=actor.organisation_id,
        code=asked.code,
        name=asked.name,
        created_at=at,
    )
    session.add(product)
    try:
        session.flush()
    except IntegrityError as error:
        raise ProductCodeTaken(product_code=asked.code) from error
    session.add_all(_row(product.id, index, part) for index, part in enumerate(asked.parts))
    session.flush()
    record(
        session,
        "product.created",
        subject=product.id,
        at=at,
        organisation=actor.organisation_id,
        actor=actor.user_id,
        data={"parts": len(asked.parts)},
    )
    return product


def _row(product_id: str, position: int, part: PartBody) -> ProductPart:
    return ProductPart(
        product_id=product_id,
        code=part.code,
        position=position,
        name=part.name,
        unit=part.unit,
        quantity_per=part.quantity_per,
        make=part.make,
        process=part.process,
        lead_time_weeks=part.lead_time_weeks,
        increment=part.increment,
        tags=part.tags,
    )


def _codes_given_twice(parts: Iterable[PartBody]) -> list[Fault]:
    seen: set[str] = set()
    found = []
    for index, part in enumerate(parts):
        if part.code in seen:
            place = f"/parts/{index}/code"
            found.append(Fault(place, "duplicate_code", "is given to another part already"))
        seen.add(part.code)
    return found


def unknown_processes(session: Session, name: str, processes: Iterable[str]) -> list[Fault]:
    """Return a defect for each entry of a list whose process no classification holds."""
    known: dict[str, bool] = {}
    found = []
    for index, process in enumerate(processes):
        if process not in known:
            known[process] = directory.classification(session, *PROCESS_SCHEME, process) is not None
        if not known[process]:
            place = f"/{name}/{index}/process"
            found.append(Fault(place, "unknown_process", "is not a code of a process"))
    return found
