"""Realistic requests for the API's documentation."""

from typing import Any

PRODUCT: dict[str, Any] = {
    "code": "edm-desktop",
    "name": "Desktop wire-EDM machine",
    "parts": [
        {
            "code": "tank-floor",
            "name": "Tank floor, thick plate",
            "unit": "pc",
            "quantity_per": "1",
            "make": "subcontracted",
            "process": "laser_cutting",
            "lead_time_weeks": 2,
            "increment": "10",
            "tags": ["plate"],
        },
        {
            "code": "controller",
            "name": "Generator controller",
            "quantity_per": "1",
            "make": "kept",
            "process": "pcb_assembly",
        },
    ],
}

_TERMS: dict[str, Any] = {
    "delivery_regency": "33.28",
    "payment_days": 30,
    "periods": [
        {"id": "2027-01", "starts_on": "2027-01-04", "weeks": 4},
        {"id": "2027-02", "starts_on": "2027-02-01", "weeks": 4},
    ],
    "rules": [
        {"id": "dual", "kind": "count", "of": "bidder", "per": "lot", "min": 2},
        {
            "id": "small",
            "kind": "share",
            "select": {"firm_sizes": ["micro", "small"]},
            "measure": "value",
            "min": "0.4",
            "penalty": "0.1",
        },
    ],
    "objective": [{"terms": [{"measure": "cost", "weight": "1"}]}],
    "closes_at": "2026-12-14T09:00:00+07:00",
    "opens_at": "2026-12-14T10:00:00+07:00",
}

TENDER_OF_PRODUCT: dict[str, Any] = {
    "title": "Parts for 1,000 wire-EDM machines",
    "product_id": "prd_01k9zq4m8x7n2b5c6d8e9f0g1h",
    "schedule": ["400", "600"],
    "overrides": [{"part": "tank-floor", "shortfall_cost": "900000", "carry_cost": "1500"}],
    **_TERMS,
}

TENDER_OF_LOTS: dict[str, Any] = {
    "title": "Brackets for the first half-year",
    "lots": [
        {
            "code": "bracket",
            "name": "Mounting bracket",
            "unit": "pc",
            "process": "stamping",
            "increment": "50",
            "demand": ["600", "400"],
            "shortfall_cost": "90000",
            "carry_cost": "15",
            "over_cost": "0",
            "tags": ["plate"],
        }
    ],
    **_TERMS,
}
