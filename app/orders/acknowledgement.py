"""Use case: the seller acknowledges an order."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.identity.actor import Actor
from app.kit.events import record
from app.orders.errors import AlreadyAcknowledged, SellerOnly
from app.orders.models import Order


def acknowledge(session: Session, order: Order, actor: Actor, *, at: datetime) -> None:
    """Acknowledge a locked order that the actor's firm sells.

    Raises
    ------
    SellerOnly
        The actor's firm does not sell it.
    AlreadyAcknowledged
        It has been acknowledged.
    """
    if order.seller_id != actor.organisation_id:
        raise SellerOnly
    actor.require_power(session, "sign", at=at)
    if order.status != "placed":
        raise AlreadyAcknowledged
    order.status = "acknowledged"
    order.acknowledged_at = at
    order.acknowledged_by = actor.user_id
    session.flush()
    record(
        session,
        "order.acknowledged",
        subject=order.id,
        at=at,
        organisation=order.buyer_id,
        actor=actor.user_id,
        data={"award_id": order.award_id, "seller_id": order.seller_id},
    )
