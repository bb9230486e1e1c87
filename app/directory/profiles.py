"""Use cases: a firm writes its profile, its resources and its capacity calendar."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from app.directory import queries
from app.directory.errors import BelowReservations, CodeTaken, ProfileMissing, UnknownCode
from app.directory.models import CapacityWeek, Profile, ProfileCode, Resource, SizeClass
from app.kit.events import record
from app.kit.problems import Fault
from app.kit.types import new_id

PROCESS_SCHEME = ("jejaring-process", "2026")
CodeKey = tuple[str, str, str]


def size_class_of(annual_sales: Decimal, classes: Sequence[SizeClass]) -> str:
    """Return the smallest class whose limit the sales do not exceed."""
    limited = [entry for entry in classes if entry.max_annual_sales is not None]
    for entry in sorted(limited, key=lambda item: item.max_annual_sales or Decimal(0)):
        if annual_sales <= (entry.max_annual_sales or Decimal(0)):
            return entry.name
    return next(entry.name for entry in classes if entry.max_annual_sales is None)


def write_profile(
    session: Session,
    organisation_id: str,
    *,
    country: str,
    annual_sales: Decimal,
    sales_year: int,
    regency_code: str,
    ownership_group: str | None,
    about: str,
    codes: Sequence[CodeKey],
    by: str,
    at: datetime,
) -> Profile:
    """Create or change a firm's profile; the size class follows from sales by the law's table."""
    faults = [
        Fault(f"/classifications/{index}", "unknown_code", "is not a code of this classification")
        for index, code in enumerate(codes)
        if queries.classification(session, *code) is None
    ]
    if queries.regency(session, regency_code) is None:
        faults.insert(0, Fault("/regency_code", "unknown_code", "is not a regency's code"))
    classes = queries.size_classes(session, country, at.date())
    if not classes:
        faults.insert(0, Fault("", "unknown_code", "no size classes are known for this country"))
    if faults:
        raise UnknownCode(faults=faults)
    profile = queries.profile(session, organisation_id)
    created = profile is None
    if profile is None:
        profile = Profile(organisation_id=organisation_id)
        session.add(profile)
    profile.size_class = size_class_of(annual_sales, classes)
    profile.annual_sales = annual_sales
    profile.sales_year = sales_year
    profile.regency_code = regency_code
    profile.ownership_group = ownership_group
    profile.about = about
    profile.updated_at = at
    session.flush()
    _replace_codes(session, organisation_id, codes)
    record(
        session,
        "profile.created" if created else "profile.changed",
        subject=organisation_id,
        at=at,
        organisation=organisation_id,
        actor=by,
        data={"size_class": profile.size_class, "regency_code": regency_code},
    )
    return profile


def _replace_codes(session: Session, organisation_id: str, codes: Sequence[CodeKey]) -> None:
    wanted = set(codes)
    for row in queries.profile_codes(session, organisation_id):
        key = (row.scheme, row.edition, row.code)
        if key in wanted:
            wanted.discard(key)
        else:
            session.delete(row)
    for scheme, edition, code in sorted(wanted):
        session.add(
            ProfileCode(organisation_id=organisation_id, scheme=scheme, edition=edition, code=code)
        )
    session.flush()


def add_resource(
    session: Session,
    organisation_id: str,
    *,
    code: str,
    name: str,
    process: str,
    unit: str,
    by: str,
    at: datetime,
) -> Resource:
    """Add a machine, line or crew of a firm."""
    if queries.profile(session, organisation_id) is None:
        raise ProfileMissing
    if queries.classification(session, *PROCESS_SCHEME, process) is None:
        raise UnknownCode(
            faults=[Fault("/process", "unknown_code", "is not a code of this classification")]
        )
    if queries.resource_by_code(session, organisation_id, code) is not None:
        raise CodeTaken(resource_code=code)
    resource = Resource(
        id=new_id("res"),
        organisation_id=organisation_id,
        code=code,
        name=name,
        process=process,
        unit=unit,
        updated_at=at,
    )
    session.add(resource)
    session.flush()
    record(
        session,
        "resource.added",
        subject=resource.id,
        at=at,
        organisation=organisation_id,
        actor=by,
        data={"process": process},
    )
    return resource


def write_capacity(
    session: Session,
    resource: Resource,
    weeks: Mapping[date, Decimal],
    *,
    by: str,
    at: datetime,
) -> None:
    """Set what a resource offers in the given weeks; other weeks stay as they are.

    Raises
    ------
    BelowReservations
        Naming every week in which more is promised than would be offered.
    """
    if not weeks:
        return
    queries.locked_resources(session, [resource.id])
    first, last = min(weeks), max(weeks)
    promised = queries.promised(session, resource.id, first, last)
    faults = [
        Fault(
            "/weeks",
            "below_reservations",
            "in the week of {week} {promised} is promised, more than {capacity}",
            {"week": week.isoformat(), "promised": promised[week], "capacity": amount},
        )
        for week, amount in sorted(weeks.items())
        if amount < promised.get(week, Decimal(0))
    ]
    if faults:
        raise BelowReservations(faults=faults)
    present = {row.week: row for row in queries.capacity(session, [resource.id], first, last)}
    for week, amount in weeks.items():
        if week in present:
            present[week].capacity = amount
        else:
            session.add(CapacityWeek(resource_id=resource.id, week=week, capacity=amount))
    resource.updated_at = at
    session.flush()
    record(
        session,
        "resource.capacity_changed",
        subject=resource.id,
        at=at,
        organisation=resource.organisation_id,
        actor=by,
        data={"weeks": len(weeks)},
    )
