"""The demonstration's constants: who buys what, when, and by which rules."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app.kit.types import decimal_text

INVENTED = "Invented for the demonstration; no real firm is meant."
CHARTER = "Each member makes its part and answers for it; the lead firm speaks for all."
SALES_YEAR = 2025
BOX_MACHINES = 5  # parts travel in boxes for so many machines
CARRY_RATE = Decimal("0.005")  # money tied up for a period of three weeks, about 9 % a year
# PP 7/2021, article 35: annual sales up to which a firm is micro, small, medium.
SIZES = (("micro", 2 * 10**9), ("small", 15 * 10**9), ("medium", 50 * 10**9))
WEEK = timedelta(weeks=1)
FIRST_WEEK, LAST_WEEK = date(2027, 1, 4), date(2027, 3, 22)
# Workshops close around Idulfitri, expected on 10 March 2027.
HOLIDAY = {date(2027, 3, 8): Decimal(0), date(2027, 3, 15): Decimal("0.5")}

BUYER: dict[str, Any] = {
    "name": "PT Mesin Erosi Nusantara",
    "profile": {
        "annual_sales": "410000000000",
        "sales_year": SALES_YEAR,
        "regency_code": "32.15",
        "about": INVENTED,
    },
}
PRODUCT: dict[str, Any] = {"code": "wire-edm", "name": "Desktop wire-EDM machine"}
RULES: list[dict[str, Any]] = [
    {
        "id": "small-firms",
        "kind": "share",
        "select": {"firm_sizes": ["micro", "small"]},
        "measure": "value",
        "min": "0.6",
    },
    {
        "id": "two-sources",
        "kind": "count",
        "of": "bidder",
        "per": "lot",
        "scope": {"lot_tags": ["dual-source"]},
        "min": 2,
    },
    {"id": "at-most-three", "kind": "count", "of": "bidder", "per": "lot", "max": 3},
    {
        "id": "no-group-dominates",
        "kind": "share",
        "each": "firm_group",
        "measure": "value",
        "max": "0.3",
        "penalty": "0.1",
    },
]
TENDER: dict[str, Any] = {
    "title": "Parts for 1,000 desktop wire-EDM machines",
    "description": (
        "Eighteen parts of an open-hardware machine (picoEDM), delivered over twelve weeks. "
        "The tender, its buyer and its bidders are invented."
    ),
    "currency": "IDR",
    "delivery_regency": "32.15",
    "payment_days": 30,
    "periods": [
        {"id": f"2027-P{number + 1}", "starts_on": str(FIRST_WEEK + 3 * number * WEEK), "weeks": 3}
        for number in range(4)
    ],
    "schedule": ["200", "250", "300", "250"],
    "rules": RULES,
    "objective": [{"terms": [{"measure": "cost", "weight": "1"}]}],
}
# The rule whose price the demonstration asks for.
PRICED_RULE = "small-firms"


def size_of(firm: Mapping[str, str]) -> str:
    """Return a firm's size class by its annual sales."""
    sales = int(firm["annual_sales"])
    return next((name for name, limit in SIZES if sales <= limit), "large")


def calendar(per_week: Decimal) -> list[dict[str, str]]:
    """Return a machine's free hours over the tender's twelve weeks, the holidays left out."""
    everything = {
        "from_week": str(FIRST_WEEK),
        "to_week": str(LAST_WEEK),
        "per_week": decimal_text(per_week),
    }
    return [
        everything,
        *(
            {"from_week": str(week), "per_week": decimal_text(per_week * part)}
            for week, part in HOLIDAY.items()
        ),
    ]
