"""Use cases: a network is proposed, and each member consents or declines for itself."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.identity import queries as identity
from app.identity.actor import Actor
from app.kit.clock import Clock
from app.kit.events import record
from app.kit.problems import Malformed, NotFound
from app.kit.types import new_id
from app.networks import queries
from app.networks.errors import NetworkActive, NetworkDissolved, TermsDiffer
from app.networks.models import Network, NetworkMember
from app.networks.terms import Member, faults, terms_sha256


def propose(
    session: Session,
    *,
    name: str,
    purpose: str,
    contract_form: str,
    lead_id: str,
    charter: str,
    members: Sequence[Member],
    actor: Actor,
    at: datetime,
) -> Network:
    """Propose a network to its members; nobody is in it before its own consent.

    Raises
    ------
    Malformed
        With every defect of the members, the shares and the lead firm.
    """
    known = identity.names(session, {organisation_id for organisation_id, _share in members})
    found = faults(members, lead_id=lead_id, proposer_id=actor.organisation_id, known=known)
    if found:
        raise Malformed(faults=found)
    network_id = new_id("net")
    network = Network(
        id=network_id,
        name=name,
        purpose=purpose,
        contract_form=contract_form,
        lead_id=lead_id,
        charter=charter,
        terms_sha256=terms_sha256(
            network_id=network_id,
            name=name,
            purpose=purpose,
            contract_form=contract_form,
            lead_id=lead_id,
            charter=charter,
            members=members,
        ),
        status="proposed",
        proposed_by=actor.user_id,
        created_at=at,
    )
    session.add(network)
    session.flush()
    session.add_all(
        NetworkMember(network_id=network_id, organisation_id=organisation_id, share=share)
        for organisation_id, share in members
    )
    session.flush()
    everybody = [organisation_id for organisation_id, _share in members]
    _tell(session, "network.proposed", network, everybody, actor=actor, at=at)
    return network


def consent(
    session: Session, network_id: str, sha256: str, *, actor: Actor, clock: Clock
) -> Network:
    """Record a member's consent to these very terms; the last one makes the network active.

    Consenting again changes nothing.
    """
    network, own, at = _as_member(session, network_id, actor, clock)
    if network.status == "dissolved":
        raise NetworkDissolved
    if sha256 != network.terms_sha256:
        raise TermsDiffer(extra={"terms_sha256": network.terms_sha256})
    if own.consented_at is not None:
        return network
    own.consented_at = at
    own.consented_by = actor.user_id
    own.consented_sha256 = sha256
    # The members stand in another table: the network's revision is what its readers compare.
    flag_modified(network, "status")
    _tell(session, "network.consented", network, [own.organisation_id], actor=actor, at=at)
    session.flush()
    members = queries.members(session, network_id)
    if all(member.consented_at is not None for member in members):
        network.status = "active"
        network.activated_at = at
        everybody = [member.organisation_id for member in members]
        _tell(session, "network.activated", network, everybody, actor=actor, at=at)
        session.flush()
    return network


def refuse(session: Session, network_id: str, *, actor: Actor, clock: Clock) -> Network:
    """Record that a member declines: the network is dissolved, also for those who consented."""
    network, own, at = _as_member(session, network_id, actor, clock)
    if network.status == "active":
        raise NetworkActive
    if network.status == "dissolved":
        return network
    own.declined_at = at
    network.status = "dissolved"
    session.flush()
    _tell(session, "network.refused", network, [own.organisation_id], actor=actor, at=at)
    everybody = [member.organisation_id for member in queries.members(session, network_id)]
    _tell(session, "network.dissolved", network, everybody, actor=actor, at=at)
    return network


def _as_member(
    session: Session, network_id: str, actor: Actor, clock: Clock
) -> tuple[Network, NetworkMember, datetime]:
    """Lock the network for one of its members, whom this user may bind."""
    network = queries.locked_for(session, network_id, actor.organisation_id)
    if network is None:
        raise NotFound
    at = clock.now(session)
    actor.require_power(session, "consent", at=at)
    own = next(
        member
        for member in queries.members(session, network_id)
        if member.organisation_id == actor.organisation_id
    )
    return network, own, at


def _tell(
    session: Session,
    kind: str,
    network: Network,
    firms: Iterable[str],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Record an event as each firm's own affair, so that it stands in each one's feed."""
    for firm in firms:
        record(
            session,
            kind,
            subject=network.id,
            at=at,
            organisation=firm,
            actor=actor.user_id,
            data={"status": network.status, "terms_sha256": network.terms_sha256},
        )
