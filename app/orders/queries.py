"""Every SELECT on orders; who may read one is written here once."""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session

from app.orders.models import Order, OrderLine, OrderShare, ScheduleLine

Role = Literal["buyer", "seller", "member"]


def _as_buyer(organisation_id: str) -> ColumnElement[bool]:
    return Order.buyer_id == organisation_id


def _as_seller(organisation_id: str) -> ColumnElement[bool]:
    return Order.seller_id == organisation_id


def _as_member(organisation_id: str) -> ColumnElement[bool]:
    """Say whose work an order is: every firm of the network that sells, also without a share."""
    return exists().where(
        OrderShare.order_id == Order.id, OrderShare.organisation_id == organisation_id
    )


def orders_for(
    organisation_id: str,
    *,
    role: Role | None = None,
    status: str | None = None,
    award_id: str | None = None,
) -> Select[Order]:
    """Return the orders that an organisation may read: as buyer, seller or member of the seller."""
    by_role = {"buyer": _as_buyer, "seller": _as_seller, "member": _as_member}
    chosen = by_role.values() if role is None else [by_role[role]]
    rows = select(Order).where(or_(*(says(organisation_id) for says in chosen)))
    if status is not None:
        rows = rows.where(Order.status == status)
    return rows if award_id is None else rows.where(Order.award_id == award_id)


def order_for(session: Session, order_id: str, organisation_id: str) -> Order | None:
    """Return an order that an organisation may read."""
    return session.scalar(orders_for(organisation_id).where(Order.id == order_id))


def locked_for(session: Session, order_id: str, organisation_id: str) -> Order | None:
    """Return an order that an organisation may read as it is now, locked against other writers."""
    return session.scalar(
        orders_for(organisation_id)
        .where(Order.id == order_id)
        .with_for_update(of=Order)
        .execution_options(populate_existing=True)
    )


def orders_of_award(session: Session, award_id: str) -> Sequence[Order]:
    """Return the orders of an award, by number."""
    return session.scalars(
        select(Order).where(Order.award_id == award_id).order_by(Order.number)
    ).all()


def lines(session: Session, order_id: str) -> Sequence[OrderLine]:
    """Return the lines of an order in their order."""
    return session.scalars(
        select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.position)
    ).all()


def schedule(session: Session, order_id: str) -> Sequence[ScheduleLine]:
    """Return what an order's lines deliver when, line by line, by date."""
    return session.scalars(
        select(ScheduleLine)
        .where(ScheduleLine.order_id == order_id)
        .order_by(ScheduleLine.position, ScheduleLine.due_on)
    ).all()


def shares(session: Session, order_id: str) -> Sequence[OrderShare]:
    """Return the firms' parts of an order's total."""
    return session.scalars(
        select(OrderShare)
        .where(OrderShare.order_id == order_id)
        .order_by(OrderShare.organisation_id)
    ).all()
