"""Routes of profiles, reference data, resources and capacity calendars."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from app.directory import ledger, profiles, queries
from app.directory.models import ClassificationCode, Profile, Regency, Resource
from app.directory.schemas import (
    MAX_WEEKS,
    CapacityRequest,
    CapacityView,
    CapacityWeekView,
    ClassificationView,
    CodeView,
    OwnProfileView,
    ProfileItem,
    ProfileRequest,
    ProfileView,
    RegencyView,
    ResourceRequest,
    ResourceView,
)
from app.identity import queries as identity
from app.identity.actor import Actor, allowed
from app.kit import etags
from app.kit.db import ReadSession, UnitOfWork
from app.kit.deps import ServerClock
from app.kit.http import ExactRoute
from app.kit.idempotency import AtMostOnce
from app.kit.paging import Asked, Page, page
from app.kit.problems import NotFound, responses
from app.kit.types import Monday

router = APIRouter(tags=["directory"], route_class=ExactRoute)
Reader = Annotated[Actor, allowed("profile:read")]
Writer = Annotated[Actor, allowed("profile:write")]


def _own_view(session: Session, profile: Profile) -> OwnProfileView:
    return OwnProfileView(
        **_view(session, profile).model_dump(),
        annual_sales=profile.annual_sales,
        sales_year=profile.sales_year,
    )


def _view(session: Session, profile: Profile) -> ProfileView:
    regency = queries.regency(session, profile.regency_code)
    names = identity.names(session, {profile.organisation_id})
    return ProfileView(
        organisation_id=profile.organisation_id,
        name=names[profile.organisation_id],
        size_class=profile.size_class,
        regency_code=profile.regency_code,
        region=regency.region if regency else "",
        ownership_group=profile.ownership_group,
        about=profile.about,
        classifications=[
            CodeView.model_validate(code)
            for code in queries.profile_codes(session, profile.organisation_id)
        ],
        updated_at=profile.updated_at,
    )


@router.put("/profile", responses=responses(409, 412, 428))
def write_profile(
    body: ProfileRequest,
    request: Request,
    response: Response,
    actor: Writer,
    session: UnitOfWork,
    clock: ServerClock,
) -> OwnProfileView:
    """Write your organisation's profile; changing one that exists needs `If-Match`."""
    present = queries.profile(session, actor.organisation_id)
    if present is not None:
        etags.require_match(request, present.revision)
    fields = body.model_dump(exclude={"classifications"})
    profile = profiles.write_profile(
        session,
        actor.organisation_id,
        country=identity.country_of(session, actor.organisation_id),
        **fields,
        codes=[(code.scheme, code.edition, code.code) for code in body.classifications],
        by=actor.user_id,
        at=clock.now(session),
    )
    response.headers["ETag"] = etags.etag(profile.revision)
    return _own_view(session, profile)


@router.get("/profile", responses=responses(404) | {304: {"description": "Not modified"}})
def own_profile(
    request: Request, response: Response, actor: Reader, session: ReadSession
) -> OwnProfileView:
    """Read your organisation's profile."""
    profile = queries.profile(session, actor.organisation_id)
    if profile is None:
        raise NotFound
    etags.unchanged(request, response, profile.revision)
    return _own_view(session, profile)


@router.get("/profiles", responses=responses())
def list_profiles(
    _actor: Reader,
    session: ReadSession,
    asked: Asked,
    size_class: Annotated[str | None, Query(max_length=20)] = None,
    region: Annotated[str | None, Query(max_length=6, examples=["ID-JT"])] = None,
    process: Annotated[str | None, Query(max_length=40, examples=["laser_cutting"])] = None,
) -> Page[ProfileItem]:
    """Find firms by size class, region and process."""
    rows = queries.profiles(size_class=size_class, region=region, process=process)
    return page(session, rows, Profile.organisation_id, asked, ProfileItem.model_validate)


@router.get("/profiles/{organisation_id}", responses=responses(404))
def read_profile(organisation_id: str, _actor: Reader, session: ReadSession) -> ProfileView:
    """Read a firm's public profile."""
    profile = queries.profile(session, organisation_id)
    if profile is None:
        raise NotFound
    return _view(session, profile)


@router.get("/regencies", responses=responses())
def list_regencies(
    _actor: Reader,
    session: ReadSession,
    asked: Asked,
    region: Annotated[str | None, Query(max_length=6, examples=["ID-JT"])] = None,
) -> Page[RegencyView]:
    """List regencies and cities."""
    return page(session, queries.regencies(region), Regency.code, asked, RegencyView.model_validate)


@router.get("/classifications/{scheme}/{edition}", responses=responses())
def list_classifications(
    scheme: str,
    edition: str,
    _actor: Reader,
    session: ReadSession,
    asked: Asked,
    starts_with: Annotated[str, Query(max_length=40)] = "",
) -> Page[ClassificationView]:
    """List the codes of a classification."""
    rows = queries.classifications(scheme, edition, starts_with)
    return page(session, rows, ClassificationCode.code, asked, ClassificationView.model_validate)


@router.post("/resources", status_code=201, responses=responses(409))
def add_resource(
    body: ResourceRequest,
    response: Response,
    actor: Writer,
    session: UnitOfWork,
    clock: ServerClock,
    once: AtMostOnce,
) -> ResourceView:
    """Add a machine, line or crew of your firm."""
    seen = once.seen(session, actor.user_id)
    resource = queries.own_resource(session, actor.organisation_id, seen) if seen else None
    if resource is None:
        resource = profiles.add_resource(
            session,
            actor.organisation_id,
            **body.model_dump(),
            by=actor.user_id,
            at=clock.now(session),
        )
        once.keep(session, actor.user_id, resource.id, clock)
    response.headers["Location"] = f"/v1/resources/{resource.id}"
    return ResourceView.model_validate(resource)


@router.get("/resources", responses=responses())
def list_resources(actor: Reader, session: ReadSession, asked: Asked) -> Page[ResourceView]:
    """List your firm's resources."""
    rows = queries.own_resources(actor.organisation_id)
    return page(session, rows, Resource.id, asked, ResourceView.model_validate)


def _own(session: Session, actor: Actor, resource_id: str) -> Resource:
    resource = queries.own_resource(session, actor.organisation_id, resource_id)
    if resource is None:
        raise NotFound
    return resource


@router.get("/resources/{resource_id}", responses=responses(404))
def read_resource(
    resource_id: str, request: Request, response: Response, actor: Reader, session: ReadSession
) -> ResourceView:
    """Read one of your firm's resources."""
    resource = _own(session, actor, resource_id)
    etags.unchanged(request, response, resource.revision)
    return ResourceView.model_validate(resource)


def _calendar(session: Session, resource: Resource, first: date, last: date) -> CapacityView:
    offered = {
        row.week: row.capacity for row in queries.capacity(session, [resource.id], first, last)
    }
    promised = queries.promised(session, resource.id, first, last)
    free = ledger.free_weeks(session, [resource.id], first, last)[resource.id]
    return CapacityView(
        resource_id=resource.id,
        unit=resource.unit,
        weeks=[
            CapacityWeekView(
                week=week,
                capacity=offered.get(week, Decimal(0)),
                reserved=promised.get(week, Decimal(0)),
                remaining=free.get(week, Decimal(0)),
            )
            for week in sorted(offered.keys() | promised.keys())
        ],
    )


@router.put("/resources/{resource_id}/capacity", responses=responses(404, 409))
def write_capacity(
    resource_id: str,
    body: CapacityRequest,
    actor: Writer,
    session: UnitOfWork,
    clock: ServerClock,
) -> CapacityView:
    """Set the capacity of the given weeks; the answer is the calendar between them."""
    resource = _own(session, actor, resource_id)
    weeks: dict[date, Decimal] = {}
    for entry in body.weeks:
        weeks |= entry.weeks()
    profiles.write_capacity(session, resource, weeks, by=actor.user_id, at=clock.now(session))
    return _calendar(session, resource, min(weeks), max(weeks))


@router.get("/resources/{resource_id}/capacity", responses=responses(404))
def read_capacity(
    resource_id: str,
    actor: Reader,
    session: ReadSession,
    clock: ServerClock,
    from_week: Annotated[Monday | None, Query(description="Default: this week.")] = None,
) -> CapacityView:
    """Read a resource's calendar: what is offered, promised and left."""
    resource = _own(session, actor, resource_id)
    today = clock.now(session).date()
    first = from_week or today - timedelta(days=today.weekday())
    return _calendar(session, resource, first, first + timedelta(weeks=MAX_WEEKS))
