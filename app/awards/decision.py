"""Use case: the buyer accepts a scenario, and its capacity is held in the same transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.allocation.document import decimal_text
from app.awards import queries
from app.awards.errors import AlreadyAwarded, NotEvaluated, ScenarioUnfinished, UnknownScenario
from app.awards.models import Award, AwardLine, AwardWinner
from app.awards.outcome import Outcome, outcome_of
from app.directory import ledger
from app.identity.actor import Actor
from app.kit.events import record
from app.kit.problems import Fault
from app.kit.types import new_id
from app.scenarios import queries as scenarios
from app.scenarios.models import Run
from app.tenders import progress, wording
from app.tenders.models import Tender


def decide(
    session: Session, tender: Tender, actor: Actor, *, scenario_id: str, reason: str, at: datetime
) -> Award:
    """Award a locked tender of the actor's as a scenario proposes.

    The bids are those that the scenario was made of, since nothing changes them after the closing;
    what may have changed is the capacity, which the ledger checks again while holding it.

    Raises
    ------
    AlreadyAwarded, NotEvaluated
        The tender's state does not allow it.
    UnknownScenario, ScenarioUnfinished, NothingToAward, NotAwardable
        The scenario is not the tender's, or has nothing that can be awarded.
    CapacityTaken
        Capacity was promised elsewhere since the scenario was solved: nothing is stored.
    """
    actor.require_power(session, "sign", at=at)
    if queries.award_of_tender(session, tender.id) is not None:
        raise AlreadyAwarded
    if tender.status != "evaluated":
        raise NotEvaluated(state=tender.status)
    run = scenarios.run(session, scenario_id)
    if run is None or run.tender_id != tender.id:
        raise UnknownScenario(
            faults=[Fault("/scenario_id", "unknown_scenario", "is no scenario of this tender")]
        )
    # A cancelled run keeps the best it had found, verified like any other result.
    if run.status not in {"done", "cancelled"} or run.result is None:
        raise ScenarioUnfinished(state=run.status)
    outcome = outcome_of(run.problem, run.result)
    award = _award(tender, run, outcome, reason=reason, by=actor.user_id, at=at)
    spans = wording.spans(tender)
    ledger.hold(session, holder_id=award.id, needs=outcome.needs, spans=spans, at=at)
    session.add(award)
    session.flush()
    _add_parts(session, award, outcome)
    progress.mark_awarded(session, tender, at=at, actor=actor.user_id)
    _tell(session, award, outcome, actor=actor.user_id, at=at)
    return award


def mark_ordered(session: Session, award: Award) -> None:
    """Note that the orders of a locked award have been placed."""
    award.status = "ordered"
    session.flush()


def _award(
    tender: Tender, run: Run, outcome: Outcome, *, reason: str, by: str, at: datetime
) -> Award:
    problem: Mapping[str, Any] = run.problem
    added = set(run.unpublished_rules)
    return Award(
        id=new_id("awd"),
        tender_id=tender.id,
        run_id=run.id,
        organisation_id=tender.organisation_id,
        currency=tender.currency,
        total=outcome.total,
        evaluated_cost=outcome.evaluated_cost,
        complete=outcome.complete,
        unpublished_rules=[rule for rule in problem.get("rules", ()) if rule["id"] in added],
        unpublished_objective=problem.get("objective") if run.unpublished_objective else None,
        reason=reason,
        status="decided",
        decided_by=by,
        decided_at=at,
    )


def _add_parts(session: Session, award: Award, outcome: Outcome) -> None:
    for position, line in enumerate(outcome.lines, start=1):
        session.add(
            AwardLine(
                award_id=award.id,
                position=position,
                bidder_id=line.bidder,
                offer_id=line.offer,
                lot_code=line.lot,
                quantities=[decimal_text(quantity) for quantity in line.quantities],
                price=line.price,
                setup=line.setup,
                delivery=line.delivery,
                freight=line.freight,
                workshare={firm: decimal_text(part) for firm, part in line.workshare.items()},
            )
        )
    for bidder, firms in outcome.winners.items():
        session.add_all(
            AwardWinner(award_id=award.id, bidder_id=bidder, organisation_id=firm) for firm in firms
        )
    session.flush()


def _tell(session: Session, award: Award, outcome: Outcome, *, actor: str, at: datetime) -> None:
    """Record the decision for the buyer, and for each winner what is its own and no more."""
    record(
        session,
        "award.decided",
        subject=award.id,
        at=at,
        organisation=award.organisation_id,
        actor=actor,
        data={
            "tender_id": award.tender_id,
            "scenario_id": award.run_id,
            "winners": len(outcome.winners),
            "lines": len(outcome.lines),
            "complete": award.complete,
        },
    )
    won: dict[str, set[str]] = {}
    for line in outcome.lines:
        for firm in outcome.winners[line.bidder]:
            won.setdefault(firm, set()).add(line.lot)
    for firm, lots in won.items():
        record(
            session,
            "award.won",
            subject=award.id,
            at=at,
            organisation=firm,
            actor=actor,
            data={"tender_id": award.tender_id, "lots": sorted(lots)},
        )
