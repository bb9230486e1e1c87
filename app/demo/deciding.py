"""The last part of the walk: the allocation, its verification, the award and its orders."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.allocation.document import parse
from app.allocation.verify import verify
from app.demo import terms
from app.demo.client import Json, Party, Teller, WalkError, each

LIMIT_SECONDS = 12
OPTIONS: Json = {
    "seconds": str(LIMIT_SECONDS),
    "gap": "0.005",
    "price_rules": [terms.PRICED_RULE],
}
REASON = "Least cost under the published rules; the bound is proven."


@dataclass(frozen=True)
class Decision:
    """What was decided, with the documents that it rests on."""

    run: Json
    problem: Mapping[str, Any]
    result: Mapping[str, Any]
    award: Json
    orders: list[Json]


def decide(buyer: Party, tender_id: str, tell: Teller, options: Json) -> Decision:
    """Run a scenario, check its result, award it, and place the orders."""
    run = _scenario(buyer, tender_id, tell, options)
    tell.step("verification", 1)
    problem = parse(buyer.document(f"/scenarios/{run['id']}/problem"))
    result = parse(buyer.document(f"/scenarios/{run['id']}/result"))
    findings = verify(problem, result)
    if findings:
        raise WalkError("The result does not hold: {finding}", finding=findings[0].detail)
    tell.advance()
    tell.step("award", 1)
    award = buyer.post(f"/tenders/{tender_id}/awards", {"scenario_id": run["id"], "reason": REASON})
    tell.advance()
    placed = buyer.post(f"/awards/{award['id']}/orders")["orders"]
    tell.step("orders", len(placed))
    orders = each(placed, lambda order: buyer.get(f"/orders/{order['id']}"), tell)
    return Decision(run, problem, result, award, orders)


def _scenario(buyer: Party, tender_id: str, tell: Teller, options: Json) -> Json:
    """Ask for a scenario and follow its progress to the end."""
    body = {"name": "published rules", "options": options}
    run = buyer.post(f"/tenders/{tender_id}/scenarios", body)
    tell.step("scenario", float(options["seconds"]) * (1 + len(options["price_rules"])))
    done = Decimal(0)
    phase = ""
    for kind, data in buyer.follow(f"/scenarios/{run['id']}/events"):
        if kind == "progress":
            seconds = Decimal(data.get("seconds") or 0)
            done, phase = (Decimal(0) if data["phase"] != phase else done), data["phase"]
            tell.advance(float(max(seconds - done, Decimal(0))), data.get("gap") or "")
            done = max(done, seconds)
    run = buyer.get(f"/scenarios/{run['id']}")
    if run["status"] != "done":
        failure = run["failure"] or {"detail": ""}
        raise WalkError(
            "The scenario is {status}. {reason}", status=run["status"], reason=failure["detail"]
        )
    return run
