"""Every SELECT of the pages; only what anybody may see."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.awards.models import Award
from app.directory.models import Profile, Reservation, Resource
from app.tenders.models import Tender


def latest_award(session: Session) -> Award | None:
    """Return the award that was decided last."""
    return session.scalar(select(Award).order_by(Award.id.desc()).limit(1))


def open_tenders(session: Session, limit: int) -> Sequence[Tender]:
    """Return published tenders, those that close first before the others."""
    return session.scalars(
        select(Tender)
        .where(Tender.status == "published")
        .order_by(Tender.closes_at, Tender.id)
        .limit(limit)
    ).all()


def promised(session: Session, holder_id: str) -> Sequence[tuple[date, str, str, Decimal]]:
    """Return week, size class, unit and amount of every reservation of a holder."""
    rows = session.execute(
        select(Reservation.week, Profile.size_class, Resource.unit, Reservation.amount)
        .join(Resource, Resource.id == Reservation.resource_id)
        .join(Profile, Profile.organisation_id == Resource.organisation_id)
        .where(Reservation.holder_id == holder_id, Reservation.state != "released")
    )
    return [(row.week, row.size_class, row.unit, row.amount) for row in rows]
