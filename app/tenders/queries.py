"""Every SELECT on products, tenders and lots; who may see a tender is written here once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from app.tenders.models import Product, ProductPart, Tender, TenderLot


def products_of(organisation_id: str) -> Select[Product]:
    """Return the products of an organisation."""
    return select(Product).where(Product.organisation_id == organisation_id)


def product_of(session: Session, organisation_id: str, product_id: str) -> Product | None:
    """Return a product of an organisation."""
    return session.scalar(products_of(organisation_id).where(Product.id == product_id))


def parts(session: Session, product_id: str) -> Sequence[ProductPart]:
    """Return a product's bill of materials in its own order."""
    return session.scalars(
        select(ProductPart)
        .where(ProductPart.product_id == product_id)
        .order_by(ProductPart.position)
    ).all()


def tender(session: Session, tender_id: str) -> Tender | None:
    """Return a tender, whoever asks."""
    return session.get(Tender, tender_id)


def locked(session: Session, tender_id: str, *, shared: bool = False) -> Tender | None:
    """Return a tender as it stands after its lock was had.

    Whoever relies on its state takes it shared; whoever moves it on takes it alone.
    """
    return session.scalar(
        select(Tender)
        .where(Tender.id == tender_id)
        .with_for_update(read=shared)
        .execution_options(populate_existing=True)
    )


def _visible_to(organisation_id: str) -> ColumnElement[bool]:
    """Say who may see a tender: its owner always, others from its publication on."""
    return or_(Tender.organisation_id == organisation_id, Tender.published_at.is_not(None))


def tender_for(session: Session, tender_id: str, organisation_id: str) -> Tender | None:
    """Return a tender that an organisation may see."""
    return session.scalar(
        select(Tender).where(Tender.id == tender_id, _visible_to(organisation_id))
    )


def tenders_for(organisation_id: str, status: str | None = None) -> Select[Tender]:
    """Return the tenders that an organisation may see, in one state if asked."""
    rows = select(Tender).where(_visible_to(organisation_id))
    return rows if status is None else rows.where(Tender.status == status)


def lots(session: Session, tender_id: str) -> Sequence[TenderLot]:
    """Return a tender's lots in their own order."""
    return session.scalars(
        select(TenderLot).where(TenderLot.tender_id == tender_id).order_by(TenderLot.position)
    ).all()


def overdue(session: Session, now: datetime, limit: int) -> Sequence[str]:
    """Return the ids of tenders that time should have moved on by now, longest overdue first."""
    return session.scalars(
        select(Tender.id)
        .where(
            or_(
                and_(Tender.status == "published", Tender.closes_at <= now),
                and_(Tender.status == "closed", Tender.opens_at <= now),
            )
        )
        .order_by(Tender.closes_at, Tender.id)
        .limit(limit)
    ).all()
