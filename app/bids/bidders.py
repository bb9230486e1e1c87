"""Who bids: a firm for itself, or a network through its lead firm."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.bids.errors import MembersWithoutProfile, NetworkNotActive, NotTheLead, OwnTender
from app.directory import queries as directory
from app.directory.errors import ProfileMissing
from app.identity.actor import Actor
from app.kit.problems import NotFound
from app.networks import queries as networks
from app.tenders.models import Tender


@dataclass(frozen=True)
class Bidder:
    """A bidder of the allocation format: its id, and the firms that a bid of its binds."""

    id: str
    network_id: str | None
    firms: tuple[str, ...]


def bidder_for(
    session: Session, network_id: str | None, tender: Tender, *, actor: Actor, at: datetime
) -> Bidder:
    """Return the bidder that an actor may submit for in a tender.

    Raises
    ------
    NotFound, NotTheLead, NetworkNotActive
        If the network is not the actor's to bid for.
    PowerMissing, OwnTender, ProfileMissing, MembersWithoutProfile
        If the firm may not be bound by this user, in this tender, or not yet.
    """
    if network_id is None:
        bidder = Bidder(actor.organisation_id, None, (actor.organisation_id,))
    else:
        bidder = _network(session, network_id, actor)
    actor.require_power(session, "submit", at=at)
    if tender.organisation_id in bidder.firms:
        raise OwnTender
    profiled = directory.firm_facts(session, bidder.firms)
    missing = [firm for firm in bidder.firms if firm not in profiled]
    if actor.organisation_id in missing:
        raise ProfileMissing
    if missing:
        raise MembersWithoutProfile(firms=", ".join(missing))
    return bidder


def _network(session: Session, network_id: str, actor: Actor) -> Bidder:
    network = networks.network_for(session, network_id, actor.organisation_id)
    if network is None:
        raise NotFound
    if network.lead_id != actor.organisation_id:
        raise NotTheLead
    if network.status != "active":
        raise NetworkNotActive
    members = networks.members(session, network_id)
    return Bidder(network_id, network_id, tuple(member.organisation_id for member in members))
