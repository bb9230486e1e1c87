"""Every SELECT of the directory."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from app.directory.models import (
    CapacityWeek,
    ClassificationCode,
    Profile,
    ProfileCode,
    Regency,
    Reservation,
    Resource,
    SizeClass,
)
from app.kit.types import exact_arithmetic


@dataclass(frozen=True)
class FirmFacts:
    """What the optimizer's rules ask about a firm."""

    organisation_id: str
    size: str
    region: str
    group: str | None
    regency_code: str


def firm_facts(session: Session, ids: Iterable[str]) -> dict[str, FirmFacts]:
    """Return size class, region and ownership group of the firms that have a profile."""
    rows = session.execute(
        select(Profile, Regency.region)
        .join(Regency, Regency.code == Profile.regency_code)
        .where(Profile.organisation_id.in_(set(ids)))
    )
    return {
        profile.organisation_id: FirmFacts(
            profile.organisation_id,
            profile.size_class,
            region,
            profile.ownership_group,
            profile.regency_code,
        )
        for profile, region in rows
    }


def size_classes(session: Session, country: str, on: date) -> Sequence[SizeClass]:
    """Return the size classes of a country that are in force on a day."""
    return session.scalars(
        select(SizeClass).where(
            SizeClass.country == country,
            SizeClass.valid_from <= on,
            or_(SizeClass.valid_until.is_(None), SizeClass.valid_until >= on),
        )
    ).all()


def regency(session: Session, code: str) -> Regency | None:
    """Return a regency."""
    return session.get(Regency, code)


def regencies(region: str | None) -> Select[Regency]:
    """Return regencies, of one region if asked."""
    rows = select(Regency)
    return rows if region is None else rows.where(Regency.region == region)


def regency_codes(session: Session) -> set[str]:
    """Return every regency code that is stored."""
    return set(session.scalars(select(Regency.code)))


def classification(
    session: Session, scheme: str, edition: str, code: str
) -> ClassificationCode | None:
    """Return a classification code."""
    return session.get(ClassificationCode, (scheme, edition, code))


def classifications(scheme: str, edition: str, starts_with: str) -> Select[ClassificationCode]:
    """Return the codes of a classification that start so."""
    return select(ClassificationCode).where(
        ClassificationCode.scheme == scheme,
        ClassificationCode.edition == edition,
        ClassificationCode.code.startswith(starts_with, autoescape=True),
    )


def classification_keys(session: Session) -> set[tuple[str, str, str]]:
    """Return every classification code that is stored."""
    rows = session.execute(
        select(ClassificationCode.scheme, ClassificationCode.edition, ClassificationCode.code)
    )
    return {(row.scheme, row.edition, row.code) for row in rows}


def profile(session: Session, organisation_id: str) -> Profile | None:
    """Return a firm's profile."""
    return session.get(Profile, organisation_id)


def profile_codes(session: Session, organisation_id: str) -> Sequence[ProfileCode]:
    """Return the classification codes of a profile."""
    return session.scalars(
        select(ProfileCode)
        .where(ProfileCode.organisation_id == organisation_id)
        .order_by(ProfileCode.scheme, ProfileCode.edition, ProfileCode.code)
    ).all()


def profiles(*, size_class: str | None, region: str | None, process: str | None) -> Select[Profile]:
    """Return profiles by size class, region, and a process they have a resource for."""
    rows = select(Profile)
    if size_class is not None:
        rows = rows.where(Profile.size_class == size_class)
    if region is not None:
        rows = rows.join(Regency, Regency.code == Profile.regency_code).where(
            Regency.region == region
        )
    if process is not None:
        rows = rows.where(
            exists().where(
                Resource.organisation_id == Profile.organisation_id, Resource.process == process
            )
        )
    return rows


def resource(session: Session, resource_id: str) -> Resource | None:
    """Return a resource."""
    return session.get(Resource, resource_id)


def own_resource(session: Session, organisation_id: str, resource_id: str) -> Resource | None:
    """Return a resource of a firm."""
    return session.scalar(
        select(Resource).where(
            Resource.id == resource_id, Resource.organisation_id == organisation_id
        )
    )


def resource_by_code(session: Session, organisation_id: str, code: str) -> Resource | None:
    """Return a firm's resource by the firm's own code."""
    return session.scalar(
        select(Resource).where(Resource.organisation_id == organisation_id, Resource.code == code)
    )


def resources_of(session: Session, firm_ids: Iterable[str]) -> Sequence[Resource]:
    """Return the resources of firms, by id."""
    return session.scalars(
        select(Resource).where(Resource.organisation_id.in_(set(firm_ids))).order_by(Resource.id)
    ).all()


def own_resources(organisation_id: str) -> Select[Resource]:
    """Return the resources of one firm."""
    return select(Resource).where(Resource.organisation_id == organisation_id)


def locked_resources(session: Session, resource_ids: Iterable[str]) -> Sequence[Resource]:
    """Return resources locked against other writers, always in the order of their ids."""
    return session.scalars(
        select(Resource)
        .where(Resource.id.in_(set(resource_ids)))
        .order_by(Resource.id)
        .with_for_update()
    ).all()


def capacity(
    session: Session, resource_ids: Iterable[str], first: date, last: date
) -> Sequence[CapacityWeek]:
    """Return what resources offer in the weeks from first to last."""
    return session.scalars(
        select(CapacityWeek).where(
            CapacityWeek.resource_id.in_(set(resource_ids)),
            CapacityWeek.week >= first,
            CapacityWeek.week <= last,
        )
    ).all()


def reservations(
    session: Session, resource_ids: Iterable[str], first: date, last: date
) -> Sequence[Reservation]:
    """Return what is promised of resources in the weeks from first to last."""
    return session.scalars(
        select(Reservation).where(
            Reservation.resource_id.in_(set(resource_ids)),
            Reservation.week >= first,
            Reservation.week <= last,
            Reservation.state != "released",
        )
    ).all()


def promised(session: Session, resource_id: str, first: date, last: date) -> Mapping[date, Decimal]:
    """Return how much of a resource is promised in each week from first to last, exactly."""
    sums: dict[date, Decimal] = {}
    with exact_arithmetic():
        for row in reservations(session, [resource_id], first, last):
            sums[row.week] = sums.get(row.week, Decimal(0)) + row.amount
    return sums


def reservations_of(session: Session, holder_id: str) -> Sequence[Reservation]:
    """Return the reservations of one holder, locked."""
    return session.scalars(
        select(Reservation)
        .where(Reservation.holder_id == holder_id)
        .order_by(Reservation.id)
        .with_for_update()
    ).all()
