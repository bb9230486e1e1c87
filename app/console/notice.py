"""The public notice of an award: who makes what and when, and no bidder's price."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.awards import queries as awards
from app.awards.models import Award, AwardLine
from app.awards.reading import bidder_names
from app.console import queries
from app.directory import queries as directory
from app.identity import queries as identity
from app.scenarios import queries as scenarios
from app.tenders import queries as tenders
from app.tenders.models import Tender, TenderLot
from app.tenders.wording import spans

SIZES = ("micro", "small", "medium", "large")
HOURS = "h"


@dataclass(frozen=True)
class Maker:
    """A firm with a part in a lot."""

    name: str
    size: str


@dataclass(frozen=True)
class Row:
    """What one winner makes of one lot."""

    lot: str
    unit: str
    winner: str
    makers: Sequence[Maker]
    quantities: Sequence[Decimal]

    @property
    def total(self) -> Decimal:
        """The quantity over all periods."""
        return sum(self.quantities, Decimal(0))


@dataclass(frozen=True)
class RulePrice:
    """What the award would have cost less without one rule: an interval, in the currency."""

    rule: str
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Notice:
    """Everything the start page says about an award."""

    tender: Tender
    buyer: str
    lots: int
    periods: Sequence[tuple[str, date, date]]
    total: Decimal
    currency: str
    gap: Decimal | None
    complete: bool
    rule_prices: Sequence[RulePrice]
    rows: Sequence[Row]
    winners: int
    firms: Mapping[str, int]
    hours: Mapping[date, Mapping[str, Decimal]]


def latest_notice(session: Session) -> Notice | None:
    """Return the notice of the latest award, or None where nothing was awarded yet."""
    award = queries.latest_award(session)
    return None if award is None else _notice(session, award)


def _notice(session: Session, award: Award) -> Notice:
    tender = tenders.tender(session, award.tender_id)
    run = scenarios.run(session, award.run_id)
    if tender is None or run is None:
        msg = f"award {award.id} names a tender or run that is not stored"
        raise LookupError(msg)
    lots = {lot.code: lot for lot in tenders.lots(session, tender.id)}
    lines = awards.lines(session, award.id)
    members = awards.winners(session, award.id)
    firm_ids = {firm for firms in members.values() for firm in firms}
    sizes = {key: facts.size for key, facts in directory.firm_facts(session, firm_ids).items()}
    names = identity.names(session, firm_ids | {award.organisation_id})
    bidders = bidder_names(session, members)
    result: Mapping[str, Any] = run.result or {}
    return Notice(
        tender=tender,
        buyer=names[award.organisation_id],
        lots=len(lots),
        periods=[
            (str(period["id"]), span.starts_on, span.ends_on)
            for period, span in zip(tender.periods, spans(tender), strict=True)
        ],
        total=award.total,
        currency=award.currency,
        gap=_gap(result),
        complete=award.complete,
        rule_prices=[
            RulePrice(entry["rule"], Decimal(entry["cost_low"]), Decimal(entry["cost_high"]))
            for entry in run.rule_prices or []
            if entry.get("cost_low") is not None and entry.get("cost_high") is not None
        ],
        rows=[
            _row(line, lots[line.lot_code], bidders, names, sizes)
            for line in sorted(lines, key=lambda line: lots[line.lot_code].position)
        ],
        winners=len(members),
        firms={size: sum(1 for found in sizes.values() if found == size) for size in SIZES},
        hours=_hours(session, award.id),
    )


def _gap(result: Mapping[str, Any]) -> Decimal | None:
    gaps = [stage.get("gap") for stage in result.get("stages", ())]
    known = [Decimal(gap) for gap in gaps if gap is not None]
    return max(known) if known and len(known) == len(gaps) else None


def _row(
    line: AwardLine,
    lot: TenderLot,
    bidders: Mapping[str, str],
    names: Mapping[str, str],
    sizes: Mapping[str, str],
) -> Row:
    return Row(
        lot=lot.name,
        unit=lot.unit,
        winner=bidders.get(line.bidder_id, line.bidder_id),
        makers=[
            Maker(names[firm], sizes.get(firm, ""))
            for firm, share in sorted(line.workshare.items())
            if Decimal(share) > 0
        ],
        quantities=[Decimal(quantity) for quantity in line.quantities],
    )


def _hours(session: Session, award_id: str) -> dict[date, dict[str, Decimal]]:
    hours: dict[date, dict[str, Decimal]] = {}
    for week, size, unit, amount in queries.promised(session, award_id):
        if unit == HOURS:
            sums = hours.setdefault(week, dict.fromkeys(SIZES, Decimal(0)))
            sums[size] += amount
    return dict(sorted(hours.items()))
