"""Every SELECT on networks and their members."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session

from app.networks.models import Network, NetworkMember


def network(session: Session, network_id: str) -> Network | None:
    """Return a network, whoever asks."""
    return session.get(Network, network_id)


def _has_member(organisation_id: str) -> ColumnElement[bool]:
    """Say who may know of a network: every firm that is named in it, and nobody else."""
    return exists().where(
        NetworkMember.network_id == Network.id, NetworkMember.organisation_id == organisation_id
    )


def network_for(session: Session, network_id: str, organisation_id: str) -> Network | None:
    """Return a network that names an organisation."""
    return session.scalar(
        select(Network).where(Network.id == network_id, _has_member(organisation_id))
    )


def locked_for(session: Session, network_id: str, organisation_id: str) -> Network | None:
    """Return a network that names an organisation, locked against other writers."""
    return session.scalar(
        select(Network)
        .where(Network.id == network_id, _has_member(organisation_id))
        .with_for_update(of=Network)
        .execution_options(populate_existing=True)
    )


def networks_of(organisation_id: str, status: str | None = None) -> Select[Network]:
    """Return the networks that name an organisation, in one status if asked."""
    rows = select(Network).where(_has_member(organisation_id))
    return rows if status is None else rows.where(Network.status == status)


def members(session: Session, network_id: str) -> Sequence[NetworkMember]:
    """Return the members of a network, as they stand in the database now."""
    return session.scalars(
        select(NetworkMember)
        .where(NetworkMember.network_id == network_id)
        .order_by(NetworkMember.organisation_id)
        .execution_options(populate_existing=True)
    ).all()
