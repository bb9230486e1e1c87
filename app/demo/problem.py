"""The case as one allocation problem, without a server: for tests and for tuning the case."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from app.allocation.document import FORMAT
from app.demo import terms
from app.directory.calendar import Span, mondays
from app.kit.types import decimal_text
from app.tenders import explosion

Case = Mapping[str, Any]


def problem_of(case: Case) -> dict[str, Any]:
    """Return the problem that the service assembles of the case, under the case's own names."""
    tender = case["tender"]
    members = {network["key"]: list(network["members"]) for network in case["networks"]}
    return {
        "format": FORMAT,
        "currency": tender["currency"],
        "periods": [period["id"] for period in tender["periods"]],
        "lots": list(_lots(case)),
        "firms": [_firm(firm) for firm in case["firms"]],
        "bidders": [
            {"id": bid["bidder"], "members": members.get(bid["bidder"], [bid["bidder"]])}
            for bid in case["bids"]
        ],
        "resources": list(_resources(case)),
        "offers": [
            {**offer, "id": f"{bid['bidder']}/{offer['id']}", "bidder": bid["bidder"]}
            for bid in case["bids"]
            for offer in bid["offers"]
        ],
        "rules": tender["rules"],
        "objective": tender["objective"],
    }


def spans(case: Case) -> list[Span]:
    """Return the tender's delivery periods."""
    return [
        Span(date.fromisoformat(period["starts_on"]), period["weeks"])
        for period in case["tender"]["periods"]
    ]


def _lots(case: Case) -> Iterator[dict[str, Any]]:
    costs = {override["part"]: override for override in case["tender"]["overrides"]}
    schedule = [Decimal(machines) for machines in case["tender"]["schedule"]]
    for part in case["product"]["parts"]:
        if part["make"] == "subcontracted":
            demand = explosion.demand(
                quantity_per=Decimal(part["quantity_per"]),
                lead_time_weeks=part["lead_time_weeks"],
                increment=Decimal(part["increment"]),
                schedule=schedule,
                spans=spans(case),
            )
            yield {
                "id": part["code"],
                "unit": part["unit"],
                "increment": part["increment"],
                "demand": [decimal_text(quantity) for quantity in demand],
                "shortfall_cost": costs[part["code"]]["shortfall_cost"],
                "carry_cost": costs[part["code"]]["carry_cost"],
                "tags": part["tags"],
            }


def _firm(firm: Mapping[str, Any]) -> dict[str, Any]:
    profile = firm["profile"]
    entry = {"id": firm["key"], "size": terms.size_of(profile)}
    group = profile["ownership_group"]
    return {**entry, "group": group} if group else entry


def _resources(case: Case) -> Iterator[dict[str, Any]]:
    for firm in case["firms"]:
        for resource in firm["resources"]:
            yield {
                "id": f"{firm['key']}/{resource['code']}",
                "firm": firm["key"],
                "capacity": [decimal_text(hours) for hours in _capacity(resource, spans(case))],
            }


def _capacity(resource: Mapping[str, Any], periods: list[Span]) -> Iterator[Decimal]:
    hours: dict[date, Decimal] = {}
    for entry in resource["weeks"]:  # later entries override earlier ones, as in the service
        first = date.fromisoformat(entry["from_week"])
        last = date.fromisoformat(entry.get("to_week", entry["from_week"]))
        hours |= dict.fromkeys(mondays(first, last), Decimal(entry["per_week"]))
    for span in periods:
        yield sum((hours.get(week, Decimal(0)) for week in span.weeks_of()), Decimal(0))
