"""Routes of products and tenders."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from app.identity.actor import Actor, allowed
from app.kit import etags
from app.kit.db import ReadSession, UnitOfWork
from app.kit.deps import JobQueue, ServerClock
from app.kit.http import ExactRoute
from app.kit.idempotency import AtMostOnce
from app.kit.paging import Asked, Page, page
from app.kit.problems import NotFound, responses
from app.tenders import access, drafting, products, publication, queries
from app.tenders.models import Product, Tender
from app.tenders.schemas import (
    CancellationRequest,
    LotView,
    PartView,
    ProductItem,
    ProductRequest,
    ProductView,
    Status,
    TenderItem,
    TenderRequest,
    TenderView,
)

router = APIRouter(tags=["tenders"], route_class=ExactRoute)
Reader = Annotated[Actor, allowed("tenders:read")]
Writer = Annotated[Actor, allowed("tenders:write")]


def _product_view(session: Session, product: Product) -> ProductView:
    return ProductView(
        **{name: getattr(product, name) for name in ProductItem.model_fields},
        parts=[PartView.model_validate(part) for part in queries.parts(session, product.id)],
    )


def _tender_view(session: Session, tender: Tender, response: Response) -> TenderView:
    response.headers["ETag"] = etags.etag(tender.revision)
    own = {name: getattr(tender, name) for name in TenderView.model_fields if name != "lots"}
    lots = [LotView.model_validate(lot) for lot in queries.lots(session, tender.id)]
    return TenderView(**own, lots=lots)


@router.post("/products", status_code=201, responses=responses(409))
def create_product(
    body: ProductRequest,
    response: Response,
    actor: Writer,
    session: UnitOfWork,
    clock: ServerClock,
    once: AtMostOnce,
) -> ProductView:
    """Write down a product with its bill of materials."""
    seen = once.seen(session, actor.user_id)
    product = queries.product_of(session, actor.organisation_id, seen) if seen else None
    if product is None:
        product = products.create(session, body, actor=actor, at=clock.now(session))
        once.keep(session, actor.user_id, product.id, clock)
    response.headers["Location"] = f"/v1/products/{product.id}"
    return _product_view(session, product)


@router.get("/products", responses=responses())
def list_products(actor: Reader, session: ReadSession, asked: Asked) -> Page[ProductItem]:
    """List your organisation's products."""
    rows = queries.products_of(actor.organisation_id)
    return page(session, rows, Product.id, asked, ProductItem.model_validate)


@router.get("/products/{product_id}", responses=responses(404))
def read_product(product_id: str, actor: Reader, session: ReadSession) -> ProductView:
    """Read one of your organisation's products."""
    product = queries.product_of(session, actor.organisation_id, product_id)
    if product is None:
        raise NotFound
    return _product_view(session, product)


@router.post("/tenders", status_code=201, responses=responses(409))
def draft_tender(
    body: TenderRequest,
    response: Response,
    actor: Writer,
    session: UnitOfWork,
    clock: ServerClock,
    once: AtMostOnce,
) -> TenderView:
    """Draft a tender of a product with its schedule, or of lots; only you see it so far."""
    seen = once.seen(session, actor.user_id)
    tender = queries.tender(session, seen) if seen else None
    if tender is None:
        tender = drafting.draft(session, body, actor=actor, at=clock.now(session))
        once.keep(session, actor.user_id, tender.id, clock)
    response.headers["Location"] = f"/v1/tenders/{tender.id}"
    return _tender_view(session, tender, response)


@router.get("/tenders", responses=responses())
def list_tenders(
    actor: Reader,
    session: ReadSession,
    asked: Asked,
    status: Annotated[Status | None, Query(description="Default: every state.")] = None,
) -> Page[TenderItem]:
    """List your own tenders and those that others have published."""
    rows = queries.tenders_for(actor.organisation_id, status)
    return page(session, rows, Tender.id, asked, TenderItem.model_validate)


@router.get(
    "/tenders/{tender_id}",
    response_model=TenderView,
    responses=responses(404) | {304: {"description": "Not modified"}},
)
def read_tender(
    tender_id: str, request: Request, response: Response, actor: Reader, session: ReadSession
) -> TenderView | Response:
    """Read a tender with its lots."""
    tender = access.visible(session, tender_id, actor)
    etags.unchanged(request, response, tender.revision)
    return _tender_view(session, tender, response)


@router.put("/tenders/{tender_id}", responses=responses(404, 409, 412, 428))
def change_tender(
    tender_id: str,
    body: TenderRequest,
    request: Request,
    response: Response,
    actor: Writer,
    session: UnitOfWork,
    clock: ServerClock,
) -> TenderView:
    """Write a draft anew; send the ETag that you read in `If-Match`."""
    tender = access.locked_for_buyer(session, tender_id, actor)
    etags.require_match(request, tender.revision)
    drafting.change(session, tender, body, actor=actor, at=clock.now(session))
    return _tender_view(session, tender, response)


@router.post("/tenders/{tender_id}/publication", responses=responses(404, 409))
def publish_tender(
    tender_id: str,
    response: Response,
    actor: Writer,
    session: UnitOfWork,
    clock: ServerClock,
    jobs: JobQueue,
) -> TenderView:
    """Publish a draft: it takes bids until `closes_at`; publishing again changes nothing."""
    tender = publication.publish(session, tender_id, actor=actor, clock=clock, jobs=jobs)
    return _tender_view(session, tender, response)


@router.post("/tenders/{tender_id}/cancellation", responses=responses(404, 409))
def cancel_tender(
    tender_id: str,
    body: CancellationRequest,
    response: Response,
    actor: Writer,
    session: UnitOfWork,
    clock: ServerClock,
    jobs: JobQueue,
) -> TenderView:
    """Cancel a tender before its award."""
    tender = publication.cancel(
        session, tender_id, body.reason, actor=actor, clock=clock, jobs=jobs
    )
    return _tender_view(session, tender, response)
