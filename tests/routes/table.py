"""Every route with the scope it needs and whose thing it names: the one table of access.

`owner` says who reads or changes the thing in the path: "any" (no thing in the path, or one that
every organisation may read), or a party of `tests.support.awards.Market`. Where it is a party, any
other organisation is told 404.
"""

from dataclasses import dataclass

PUBLIC = "public"


@dataclass(frozen=True)
class Access:
    """Who may call a route."""

    scope: str
    owner: str = "any"


TABLE: dict[str, Access] = {
    "GET /health/live": Access(PUBLIC),
    "GET /health/ready": Access(PUBLIC),
    "POST /v1/registrations": Access(PUBLIC),
    "GET /v1/me": Access("profile:read"),
    "GET /v1/users": Access("keys:write"),
    "POST /v1/users": Access("keys:write"),
    "GET /v1/api-keys": Access("keys:write"),
    "POST /v1/api-keys": Access("keys:write"),
    "DELETE /v1/api-keys/{key_id}": Access("keys:write", "buyer"),
    "POST /v1/api-keys/{key_id}/rotation": Access("keys:write", "buyer"),
    "GET /v1/binding-acts": Access("keys:write"),
    "GET /v1/authorisations": Access("keys:write"),
    "POST /v1/authorisations": Access("keys:write"),
    "DELETE /v1/authorisations/{authorisation_id}": Access("keys:write", "buyer"),
    "POST /v1/sessions": Access(PUBLIC),
    "GET /v1/sessions": Access("profile:read"),
    "POST /v1/sessions/{session_id}/confirmation": Access("profile:read", "buyer"),
    "DELETE /v1/sessions/{session_id}": Access("profile:read", "buyer"),
    "PUT /v1/password": Access("profile:read"),
    "POST /v1/users/{user_id}/password-tickets": Access("keys:write", "buyer"),
    "POST /v1/password-tickets/redemption": Access(PUBLIC),
    "GET /v1/second-factor": Access("profile:read"),
    "POST /v1/second-factor": Access("profile:read"),
    "POST /v1/second-factor/confirmation": Access("profile:read"),
    "POST /v1/second-factor/removal": Access("profile:read"),
    "GET /v1/invitations": Access("keys:write"),
    "POST /v1/invitations": Access("keys:write"),
    "DELETE /v1/invitations/{invitation_id}": Access("keys:write", "buyer"),
    "POST /v1/invitation-acceptances": Access(PUBLIC),
    "GET /v1/organisations/{organisation_id}": Access("profile:read"),
    "GET /v1/organisations/{organisation_id}/verifications": Access("profile:read"),
    "POST /v1/organisations/{organisation_id}/verifications": Access("oversight:write"),
    "DELETE /v1/organisations/{organisation_id}/verifications/{verification_id}": Access(
        "oversight:write"
    ),
    "GET /v1/oauth-clients": Access("keys:write"),
    "POST /v1/oauth-clients": Access("keys:write"),
    "GET /v1/oauth-clients/{client_id}": Access("keys:write", "buyer"),
    "POST /v1/oauth-clients/{client_id}/secret": Access("keys:write", "buyer"),
    "DELETE /v1/oauth-clients/{client_id}": Access("keys:write", "buyer"),
    "GET /v1/oauth-consents": Access("profile:read"),
    "DELETE /v1/oauth-consents/{consent_id}": Access("profile:read", "buyer"),
    "GET /v1/oauth/jwks": Access(PUBLIC),
    "GET /v1/me/data": Access("profile:read"),
    "DELETE /v1/me": Access("profile:read"),
    "DELETE /v1/users/{user_id}": Access("keys:write", "buyer"),
    "GET /v1/breaches": Access("oversight:read"),
    "POST /v1/breaches": Access("oversight:write"),
    "POST /v1/breaches/{breach_id}/notices": Access("oversight:write"),
    "GET /v1/profile": Access("profile:read"),
    "PUT /v1/profile": Access("profile:write"),
    "GET /v1/profiles": Access("profile:read"),
    "GET /v1/profiles/{organisation_id}": Access("profile:read"),
    "GET /v1/regencies": Access("profile:read"),
    "GET /v1/classifications/{scheme}/{edition}": Access("profile:read"),
    "POST /v1/resources": Access("profile:write"),
    "GET /v1/resources": Access("profile:read"),
    "GET /v1/resources/{resource_id}": Access("profile:read", "lead"),
    "PUT /v1/resources/{resource_id}/capacity": Access("profile:write", "lead"),
    "GET /v1/resources/{resource_id}/capacity": Access("profile:read", "lead"),
    "POST /v1/networks": Access("networks:write"),
    "GET /v1/networks": Access("networks:read"),
    "GET /v1/networks/{network_id}": Access("networks:read", "lead"),
    "POST /v1/networks/{network_id}/consents": Access("networks:write", "lead"),
    "POST /v1/networks/{network_id}/refusals": Access("networks:write", "lead"),
    "POST /v1/products": Access("tenders:write"),
    "GET /v1/products": Access("tenders:read"),
    "GET /v1/products/{product_id}": Access("tenders:read", "buyer"),
    "POST /v1/tenders": Access("tenders:write"),
    "GET /v1/tenders": Access("tenders:read"),
    "GET /v1/tenders/{tender_id}": Access("tenders:read"),
    "PUT /v1/tenders/{tender_id}": Access("tenders:write", "buyer"),
    "POST /v1/tenders/{tender_id}/publication": Access("tenders:write", "buyer"),
    "POST /v1/tenders/{tender_id}/cancellation": Access("tenders:write", "buyer"),
    "POST /v1/tenders/{tender_id}/bids": Access("bids:write"),
    "GET /v1/tenders/{tender_id}/bids": Access("bids:read", "buyer"),
    "GET /v1/bids": Access("bids:read"),
    "GET /v1/bids/{bid_id}": Access("bids:read", "lone"),
    "POST /v1/bids/{bid_id}/consents": Access("bids:write", "lone"),
    "POST /v1/bids/{bid_id}/withdrawal": Access("bids:write", "lone"),
    "POST /v1/allocations": Access("scenarios:write"),
    "GET /v1/allocations": Access("scenarios:read"),
    "GET /v1/allocations/{run_id}": Access("scenarios:read", "buyer"),
    "GET /v1/allocations/{run_id}/problem": Access("scenarios:read", "buyer"),
    "GET /v1/allocations/{run_id}/result": Access("scenarios:read", "buyer"),
    "GET /v1/allocations/{run_id}/events": Access("scenarios:read", "buyer"),
    "POST /v1/allocations/{run_id}/cancellation": Access("scenarios:write", "buyer"),
    "POST /v1/tenders/{tender_id}/scenarios": Access("scenarios:write", "buyer"),
    "GET /v1/tenders/{tender_id}/scenarios": Access("scenarios:read", "buyer"),
    "GET /v1/scenarios/{run_id}": Access("scenarios:read", "buyer"),
    "GET /v1/scenarios/{run_id}/problem": Access("scenarios:read", "buyer"),
    "GET /v1/scenarios/{run_id}/result": Access("scenarios:read", "buyer"),
    "GET /v1/scenarios/{run_id}/events": Access("scenarios:read", "buyer"),
    "POST /v1/scenarios/{run_id}/cancellation": Access("scenarios:write", "buyer"),
    "POST /v1/tenders/{tender_id}/awards": Access("awards:write", "buyer"),
    "GET /v1/awards": Access("awards:read"),
    "GET /v1/awards/{award_id}": Access("awards:read", "buyer"),
    "POST /v1/awards/{award_id}/orders": Access("orders:write", "buyer"),
    "GET /v1/orders": Access("orders:read"),
    "GET /v1/orders/{order_id}": Access("orders:read", "buyer"),
    "POST /v1/orders/{order_id}/acknowledgement": Access("orders:write", "lone"),
    "GET /v1/events": Access("events:read"),
}
