"""Steps of networks over HTTP."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from app.identity.actor import Actor, authenticate
from app.kit.clock import Clock
from app.kit.db import Database
from tests.support.api import Firm


def equal_shares(count: int) -> list[str]:
    """Shares that add up to exactly 1: a thousandth each, and the rest to the first."""
    each = 1000 // count
    thousandths = [each + 1000 - each * count, *[each] * (count - 1)]
    return [f"0.{part:03d}" for part in thousandths]


def proposal(*members: Firm, shares: Sequence[str] | None = None, **over: Any) -> dict[str, Any]:
    """The body of a proposal whose first member leads."""
    parts = shares or equal_shares(len(members))
    return {
        "name": "KSO Pelat Tegal",
        "purpose": "scale",
        "contract_form": "several",
        "lead_id": members[0].id,
        "charter": "Each member makes its part and answers for it.",
        "members": [
            {"organisation_id": member.id, "share": share}
            for member, share in zip(members, parts, strict=True)
        ],
        **over,
    }


def consent(firm: Firm, network: dict[str, Any]) -> dict[str, Any]:
    """Consent to a network's terms for a member."""
    return firm.made(
        f"/v1/networks/{network['id']}/consents",
        {"terms_sha256": network["terms_sha256"]},
        status=200,
    )


def active_network(
    lead: Firm, *members: Firm, shares: Sequence[str] | None = None, **over: Any
) -> dict[str, Any]:
    """A network that the lead firm proposed and every member consented to."""
    network = lead.made("/v1/networks", proposal(lead, *members, shares=shares, **over))
    for member in (lead, *members):
        network = consent(member, network)
    assert network["status"] == "active"
    return network


def recorded(database: Database, subject_id: str) -> list[tuple[str, str | None, str | None]]:
    """Every event about a subject: its type, whose affair it is, and who did it."""
    with database.read() as session:
        rows = session.execute(
            text(
                "select type, organisation_id, actor_id from events"
                " where subject_id = :subject order by id"
            ),
            {"subject": subject_id},
        )
        return [(row.type, row.organisation_id, row.actor_id) for row in rows]


def colleague(firm: Firm, role: str, *powers: str) -> Firm:
    """Another user of a firm, who may bind it only in these ways."""
    user = firm.made(
        "/v1/users", {"name": f"Budi ({role})", "email": "budi@example.co.id", "role": role}
    )
    scopes = firm.get("/v1/me").json()["scopes"]
    granted = [power for power in powers if power in {"submit", "consent", "sign"}]
    asked = {"user_id": user["id"], "label": role, "scopes": scopes, "powers": granted}
    key = firm.made("/v1/api-keys", asked)
    for power in powers:
        body = {"user_id": user["id"], "power": power, "evidence": "resolution 12"}
        firm.made("/v1/authorisations", body)
    return Firm(firm.client, firm.id, firm.name, user["id"], key["secret"])


def actor_of(database: Database, firm: Firm) -> Actor:
    """Whom the server takes a firm's key for, for calling a use case itself."""
    with database.read() as session:
        return authenticate(session, firm.secret, Clock())
