"""Routes of networks, consents and refusals."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from app.identity import queries as identity
from app.identity.actor import Actor, allowed
from app.kit import etags
from app.kit.db import ReadSession, UnitOfWork
from app.kit.deps import ServerClock
from app.kit.http import ExactRoute
from app.kit.idempotency import AtMostOnce
from app.kit.paging import Asked, Page, page
from app.kit.problems import NotFound, responses
from app.networks import formation, queries
from app.networks.models import Network
from app.networks.schemas import (
    NetworkConsentRequest,
    NetworkItem,
    NetworkMemberView,
    NetworkRequest,
    NetworkView,
    Status,
)

router = APIRouter(tags=["networks"], route_class=ExactRoute)
Reader = Annotated[Actor, allowed("networks:read")]
Writer = Annotated[Actor, allowed("networks:write")]


def _view(session: Session, network: Network, response: Response) -> NetworkView:
    response.headers["ETag"] = etags.etag(network.revision)
    members = queries.members(session, network.id)
    names = identity.names(session, {member.organisation_id for member in members})
    return NetworkView(
        **{name: getattr(network, name) for name in NetworkItem.model_fields},
        charter=network.charter,
        terms_sha256=network.terms_sha256,
        members=[
            NetworkMemberView(
                organisation_id=member.organisation_id,
                name=names[member.organisation_id],
                share=member.share,
                consented_at=member.consented_at,
                declined_at=member.declined_at,
            )
            for member in members
        ],
    )


@router.post("/networks", status_code=201, responses=responses(409))
def propose(
    body: NetworkRequest,
    response: Response,
    actor: Writer,
    session: UnitOfWork,
    clock: ServerClock,
    once: AtMostOnce,
) -> NetworkView:
    """Propose a network that your own organisation is to be a member of."""
    seen = once.seen(session, actor.user_id)
    network = queries.network(session, seen) if seen else None
    if network is None:
        network = formation.propose(
            session,
            name=body.name,
            purpose=body.purpose,
            contract_form=body.contract_form,
            lead_id=body.lead_id,
            charter=body.charter,
            members=[(member.organisation_id, member.share) for member in body.members],
            actor=actor,
            at=clock.now(session),
        )
        once.keep(session, actor.user_id, network.id, clock)
    response.headers["Location"] = f"/v1/networks/{network.id}"
    return _view(session, network, response)


@router.get("/networks", responses=responses())
def list_networks(
    actor: Reader,
    session: ReadSession,
    asked: Asked,
    status: Annotated[Status | None, Query(description="Default: every status.")] = None,
) -> Page[NetworkItem]:
    """List the networks that name your organisation."""
    rows = queries.networks_of(actor.organisation_id, status)
    return page(session, rows, Network.id, asked, NetworkItem.model_validate)


@router.get(
    "/networks/{network_id}",
    response_model=NetworkView,
    responses=responses(404) | {304: {"description": "Not modified"}},
)
def read_network(
    network_id: str, request: Request, response: Response, actor: Reader, session: ReadSession
) -> NetworkView | Response:
    """Read a network that names your organisation."""
    network = queries.network_for(session, network_id, actor.organisation_id)
    if network is None:
        raise NotFound
    etags.unchanged(request, response, network.revision)
    return _view(session, network, response)


@router.post("/networks/{network_id}/consents", responses=responses(404, 409))
def consent(
    network_id: str,
    body: NetworkConsentRequest,
    response: Response,
    actor: Writer,
    session: UnitOfWork,
    clock: ServerClock,
) -> NetworkView:
    """Consent for your organisation; the last consent makes the network active."""
    network = formation.consent(session, network_id, body.terms_sha256, actor=actor, clock=clock)
    return _view(session, network, response)


@router.post("/networks/{network_id}/refusals", responses=responses(404, 409))
def refuse(
    network_id: str, response: Response, actor: Writer, session: UnitOfWork, clock: ServerClock
) -> NetworkView:
    """Decline for your organisation; the network is dissolved."""
    network = formation.refuse(session, network_id, actor=actor, clock=clock)
    return _view(session, network, response)
