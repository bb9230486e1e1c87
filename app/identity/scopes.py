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
    "oversight:read": "Read what concerns your organisation's personal data and its protection",
    "oversight:write": "Verify organisations and keep the breach log, for appointed offices",
}
OWNER = "owner"
ROLES = (OWNER, "purchasing", "sales", "viewer")
POWERS = ("edit", "submit", "consent", "sign", "represent")
# These need a fresh sign-in, or a key or client that was granted them expressly.
BINDING = frozenset({"submit", "consent", "sign"})
POWER_WORDS: Mapping[str, str] = {
    "submit": "Submit bids for your organisation",
    "consent": "Consent to networks and joint bids for your organisation",
    "sign": "Publish, award, order and acknowledge for your organisation",
}

_READ = frozenset(scope for scope in SCOPES if scope.endswith(":read"))
ROLE_SCOPES: Mapping[str, frozenset[str]] = {
    "owner": frozenset(SCOPES),
    "purchasing": _READ
    | {"tenders:write", "scenarios:write", "awards:write", "orders:write", "profile:write"},
    "sales": _READ | {"networks:write", "bids:write", "profile:write", "orders:write"},
    "viewer": _READ,
}
