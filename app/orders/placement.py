"""Use case: an award becomes subcontract orders, and what it holds is committed to them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy.orm import Session

from app.awards import decision
from app.awards import queries as awards
from app.awards.lines import Line
from app.awards.models import Award, AwardLine
from app.directory import ledger
from app.directory.calendar import Span
from app.identity.actor import Actor
from app.kit.events import record
from app.kit.problems import NotFound
from app.kit.types import new_id
from app.networks import queries as networks
from app.orders.drafting import Draft, Seller, draft_orders
from app.orders.errors import AlreadyOrdered
from app.orders.models import Order, OrderLine, OrderShare, ScheduleLine
from app.tenders import queries as tenders
from app.tenders import wording
from app.tenders.models import Tender, TenderLot


def place_orders(session: Session, award: Award, actor: Actor, *, at: datetime) -> list[Order]:
    """Place the orders of a locked award of the actor's, once.

    Raises
    ------
    AlreadyOrdered
        They have been placed.
    """
    actor.require_power(session, "sign", at=at)
    if award.status != "decided":
        raise AlreadyOrdered
    tender = tenders.tender(session, award.tender_id)
    if tender is None:  # a foreign key keeps it
        raise NotFound
    lots = {lot.code: lot for lot in tenders.lots(session, tender.id)}
    rows = awards.lines(session, award.id)
    drafts = draft_orders(
        [_line(row) for row in rows],
        _sellers(session, rows, awards.winners(session, award.id)),
        increments={code: lot.increment for code, lot in lots.items()},
        currency=award.currency,
    )
    orders = [
        _place(session, award, tender, draft, number=number, lots=lots, at=at)
        for number, draft in enumerate(drafts, start=1)
    ]
    ledger.commit(session, award.id)
    decision.mark_ordered(session, award)
    _tell(session, award, zip(orders, drafts, strict=True), actor=actor.user_id, at=at)
    return orders


def _line(row: AwardLine) -> Line:
    return Line(
        bidder=row.bidder_id,
        offer=row.offer_id,
        lot=row.lot_code,
        quantities=tuple(Decimal(quantity) for quantity in row.quantities),
        price=row.price,
        setup=row.setup,
        delivery=row.delivery,
        freight=row.freight,
        workshare={firm: Fraction(part) for firm, part in row.workshare.items()},
    )


def _sellers(
    session: Session, rows: Iterable[AwardLine], winners: Mapping[str, Sequence[str]]
) -> list[Seller]:
    """Return the winning bidders as sellers, in the order of the award's lines."""
    sellers = []
    for bidder in dict.fromkeys(row.bidder_id for row in rows):
        members = tuple(winners[bidder])
        network = networks.network(session, bidder)
        if network is None:
            sellers.append(Seller(bidder, bidder, members))
        else:
            several = network.contract_form == "several"
            sellers.append(Seller(bidder, network.lead_id, members, network.id, several))
    return sellers


def _place(
    session: Session,
    award: Award,
    tender: Tender,
    draft: Draft,
    *,
    number: int,
    lots: Mapping[str, TenderLot],
    at: datetime,
) -> Order:
    order = Order(
        id=new_id("ord"),
        award_id=award.id,
        tender_id=tender.id,
        number=number,
        buyer_id=award.organisation_id,
        seller_id=draft.seller_id,
        network_id=draft.network_id,
        currency=award.currency,
        total=draft.total,
        payment_days=tender.payment_days,
        status="placed",
        placed_at=at,
    )
    session.add(order)
    session.flush()
    for position, line in enumerate(draft.lines, start=1):
        session.add(_order_line(order, position, line, lots[line.lot]))
    session.flush()
    periods = [period["id"] for period in tender.periods]
    for position, line in enumerate(draft.lines, start=1):
        session.add_all(_schedule(order, position, line, periods, wording.spans(tender)))
    session.add_all(
        OrderShare(order_id=order.id, organisation_id=firm, amount=amount)
        for firm, amount in draft.shares.items()
    )
    session.flush()
    return order


def _order_line(order: Order, position: int, line: Line, lot: TenderLot) -> OrderLine:
    return OrderLine(
        order_id=order.id,
        position=position,
        lot_code=line.lot,
        offer_id=line.offer,
        name=lot.name,
        unit=lot.unit,
        quantity=line.quantity,
        price=line.price,
        setup=line.setup,
        delivery=line.delivery,
        freight=line.freight,
        total=line.total,
    )


def _schedule(
    order: Order, position: int, line: Line, periods: Sequence[str], spans: Sequence[Span]
) -> list[ScheduleLine]:
    """Return the deliveries of a line, each due by the Sunday that ends its period's last week.

    The capacity was promised over the period's whole weeks, so nothing earlier can be demanded.
    """
    return [
        ScheduleLine(
            order_id=order.id,
            position=position,
            period=period,
            due_on=span.ends_on,
            quantity=quantity,
        )
        for period, span, quantity in zip(periods, spans, line.quantities, strict=True)
        if quantity
    ]


def _tell(
    session: Session,
    award: Award,
    placed: Iterable[tuple[Order, Draft]],
    *,
    actor: str,
    at: datetime,
) -> None:
    """Record the placing for the buyer, and each order for every firm whose work it is."""
    count = 0
    for order, draft in placed:
        count += 1
        for firm in draft.shares:
            record(
                session,
                "order.placed",
                subject=order.id,
                at=at,
                organisation=firm,
                actor=actor,
                data={
                    "award_id": award.id,
                    "tender_id": award.tender_id,
                    "seller_id": order.seller_id,
                    "lines": len(draft.lines),
                },
            )
    record(
        session,
        "award.ordered",
        subject=award.id,
        at=at,
        organisation=award.organisation_id,
        actor=actor,
        data={"tender_id": award.tender_id, "orders": count},
    )
