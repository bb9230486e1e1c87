"""Every SELECT on awards, their lines and winners."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.awards.models import Award, AwardLine, AwardWinner


def award(session: Session, award_id: str) -> Award | None:
    """Return an award, whoever asks."""
    return session.get(Award, award_id)


def award_of_tender(session: Session, tender_id: str) -> Award | None:
    """Return the award of a tender, whoever asks."""
    return session.scalar(select(Award).where(Award.tender_id == tender_id))


def awards_of(organisation_id: str) -> Select[Award]:
    """Return the awards that a buyer decided."""
    return select(Award).where(Award.organisation_id == organisation_id)


def locked_for(session: Session, award_id: str, organisation_id: str) -> Award | None:
    """Return an award of a buyer as it is now, locked against other writers."""
    return session.scalar(
        awards_of(organisation_id)
        .where(Award.id == award_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def lines(session: Session, award_id: str) -> Sequence[AwardLine]:
    """Return the lines of an award in their order."""
    return session.scalars(
        select(AwardLine).where(AwardLine.award_id == award_id).order_by(AwardLine.position)
    ).all()


def winners(session: Session, award_id: str) -> dict[str, list[str]]:
    """Return the firms that an award binds, by winning bidder."""
    rows = session.scalars(
        select(AwardWinner)
        .where(AwardWinner.award_id == award_id)
        .order_by(AwardWinner.bidder_id, AwardWinner.organisation_id)
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.bidder_id, []).append(row.organisation_id)
    return found
