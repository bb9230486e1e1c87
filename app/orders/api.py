"""Routes of orders."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.awards import queries as awards
from app.identity.actor import Actor, allowed
from app.kit import etags
from app.kit.db import ReadSession, UnitOfWork
from app.kit.deps import ServerClock
from app.kit.http import ExactRoute
from app.kit.idempotency import AtMostOnce
from app.kit.paging import Asked, Page, page
from app.kit.problems import NotFound, responses
from app.orders import queries
from app.orders.acknowledgement import acknowledge
from app.orders.models import Order
from app.orders.placement import place_orders
from app.orders.queries import Role
from app.orders.reading import order_view
from app.orders.schemas import OrderItem, OrderView, PlacedOrders, Status

router = APIRouter(tags=["orders"], route_class=ExactRoute)
Reader = Annotated[Actor, allowed("orders:read")]
Writer = Annotated[Actor, allowed("orders:write")]


@router.post("/awards/{award_id}/orders", status_code=201, responses=responses(404, 409))
def order_award(
    award_id: str,
    response: Response,
    actor: Writer,
    session: UnitOfWork,
    clock: ServerClock,
    once: AtMostOnce,
) -> PlacedOrders:
    """Place the orders of your award, once; needs the power to sign.

    One order per winning firm, or network with a single contract; one per member of a network whose
    members contract severally: of each line the member answers for its workshare of the quantity in
    every period, in whole increments of the lot, and for its workshare of every amount.
    """
    if once.seen(session, actor.user_id) is None:
        award = awards.locked_for(session, award_id, actor.organisation_id)
        if award is None:
            raise NotFound
        place_orders(session, award, actor, at=clock.now(session))
        once.keep(session, actor.user_id, award.id, clock)
    orders = queries.orders_of_award(session, award_id)
    response.headers["Location"] = f"/v1/orders?award_id={award_id}"
    return PlacedOrders(
        award_id=award_id, orders=[OrderItem.model_validate(order) for order in orders]
    )


@router.get("/orders", responses=responses())
def list_orders(
    actor: Reader,
    session: ReadSession,
    asked: Asked,
    role: Annotated[Role | None, Query(description="Your part in the order.")] = None,
    status: Annotated[Status | None, Query()] = None,
    award_id: Annotated[str | None, Query(max_length=40)] = None,
) -> Page[OrderItem]:
    """List the orders that your organisation placed, sells, or works on as a network's member."""
    rows = queries.orders_for(actor.organisation_id, role=role, status=status, award_id=award_id)
    return page(session, rows, Order.id, asked, OrderItem.model_validate)


@router.get("/orders/{order_id}", responses=responses(404) | {304: {"description": "Not modified"}})
def read_order(
    order_id: str, request: Request, response: Response, actor: Reader, session: ReadSession
) -> OrderView:
    """Read an order with its lines, deliveries and shares."""
    order = queries.order_for(session, order_id, actor.organisation_id)
    if order is None:
        raise NotFound
    etags.unchanged(request, response, order.revision)
    return order_view(session, order)


@router.post("/orders/{order_id}/acknowledgement", responses=responses(404, 409, 412, 428))
def acknowledge_order(
    order_id: str,
    request: Request,
    response: Response,
    actor: Writer,
    session: UnitOfWork,
    clock: ServerClock,
) -> OrderView:
    """Acknowledge an order that your firm sells; needs `If-Match` and the power to sign."""
    order = queries.locked_for(session, order_id, actor.organisation_id)
    if order is None:
        raise NotFound
    etags.require_match(request, order.revision)
    acknowledge(session, order, actor, at=clock.now(session))
    response.headers["ETag"] = etags.etag(order.revision)
    return order_view(session, order)
