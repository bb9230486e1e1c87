"""What keys may do, what roles may do, and which powers bind a firm."""

from collections.abc import Mapping

SCOPES: Mapping[str, str] = {
    "keys:write": "Make and revoke API keys, users and authorisations of your organisation",
    "profile:read": "Read profiles, resources and capacity calendars",
    "profile:write": "Change your profile, resources and capacity calendar",
    "networks:read": "Read the networks you are in",
    "networks:write": "Propose networks and consent to them",
    "tenders:read": "Read products and tenders",
    "tenders:write": "Write products and tenders, and publish them",
    "bids:read": "Read your own bids, and those of your opened tenders",
    "bids:write": "Submit, consent to and withdraw bids",
    "scenarios:read": "Read scenarios and allocation runs",
    "scenarios:write": "Run and cancel scenarios and allocations",
    "awards:read": "Read awards",
    "awards:write": "Award tenders",
    "orders:read": "Read orders",
    "orders:write": "Place and change orders",
    "events:read": "Read your organisation's event feed",
}
ROLES = ("owner", "purchasing", "sales", "viewer")
POWERS = ("edit", "submit", "consent", "sign", "represent")

_READ = frozenset(scope for scope in SCOPES if scope.endswith(":read"))
ROLE_SCOPES: Mapping[str, frozenset[str]] = {
    "owner": frozenset(SCOPES),
    "purchasing": _READ
    | {"tenders:write", "scenarios:write", "awards:write", "orders:write", "profile:write"},
    "sales": _READ | {"networks:write", "bids:write", "profile:write", "orders:write"},
    "viewer": _READ,
}
