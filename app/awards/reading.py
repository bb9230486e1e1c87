"""What the buyer and each winner read of an award; the losers read nothing."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from sqlalchemy.orm import Session

from app.awards import exact, queries
from app.awards.models import Award, AwardLine
from app.awards.schemas import (
    AwardItem,
    AwardLineView,
    AwardView,
    DecisionView,
    PeriodQuantity,
    WinnerView,
)
from app.identity import queries as identity
from app.kit.problems import NotFound
from app.networks import queries as networks
from app.tenders import queries as tenders
from app.tenders.models import Tender, TenderLot


def award_view(session: Session, award: Award, organisation_id: str) -> AwardView:
    """Return an award as an organisation may read it.

    Raises
    ------
    NotFound
        It is neither the buyer nor bound by the award.
    """
    buyer = award.organisation_id == organisation_id
    winners = {
        bidder: firms
        for bidder, firms in queries.winners(session, award.id).items()
        if buyer or organisation_id in firms
    }
    if not winners:
        raise NotFound
    shown = _winners(session, award, winners)
    item = AwardItem.model_validate(award).model_dump()
    return AwardView(
        **{**item, "total": exact.total(winner.total for winner in shown)},
        follows_published_rules=follows_published_rules(award),
        winners=shown,
        decision=_decision(award) if buyer else None,
    )


def follows_published_rules(award: Award) -> bool:
    """Tell whether nothing was added to the rules and objective after the opening."""
    return not award.unpublished_rules and award.unpublished_objective is None


def bidder_names(session: Session, bidder_ids: Iterable[str]) -> dict[str, str]:
    """Return the names of firms and networks by id."""
    wanted = set(bidder_ids)
    names = identity.names(session, wanted)
    for bidder_id in wanted - set(names):
        network = networks.network(session, bidder_id)
        if network is not None:
            names[bidder_id] = network.name
    return names


def _winners(session: Session, award: Award, winners: Mapping[str, list[str]]) -> list[WinnerView]:
    tender = tenders.tender(session, award.tender_id)
    if tender is None:  # a foreign key keeps it
        raise NotFound
    lots = {lot.code: lot for lot in tenders.lots(session, tender.id)}
    lines: dict[str, list[AwardLineView]] = {}
    for line in queries.lines(session, award.id):
        if line.bidder_id in winners:
            view = _line(line, lots[line.lot_code], tender)
            lines.setdefault(line.bidder_id, []).append(view)
    names = bidder_names(session, winners)
    return [
        WinnerView(
            bidder_id=bidder,
            name=names[bidder],
            firms=winners[bidder],
            total=exact.total(line.total for line in own),
            lines=own,
        )
        for bidder, own in lines.items()
    ]


def _line(line: AwardLine, lot: TenderLot, tender: Tender) -> AwardLineView:
    quantities = [Decimal(quantity) for quantity in line.quantities]
    return AwardLineView(
        lot=lot.code,
        name=lot.name,
        unit=lot.unit,
        offer_id=line.offer_id,
        quantity=exact.total(quantities),
        deliveries=[
            PeriodQuantity(period=period["id"], quantity=quantity)
            for period, quantity in zip(tender.periods, quantities, strict=True)
            if quantity
        ],
        price=line.price,
        setup=line.setup,
        delivery=line.delivery,
        freight=line.freight,
        total=exact.total((line.price, line.setup, line.delivery, line.freight)),
        workshare=line.workshare,
    )


def _decision(award: Award) -> DecisionView:
    return DecisionView(
        scenario_id=award.run_id,
        reason=award.reason,
        decided_by=award.decided_by,
        complete=award.complete,
        evaluated_cost=award.evaluated_cost,
        unpublished_rules=award.unpublished_rules,
        unpublished_objective=award.unpublished_objective,
    )
