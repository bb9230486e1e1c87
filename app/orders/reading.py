"""An order as its parties read it."""

from sqlalchemy.orm import Session

from app.awards.reading import bidder_names
from app.orders import queries
from app.orders.models import Order, OrderLine, ScheduleLine
from app.orders.schemas import DeliveryView, OrderItem, OrderLineView, OrderView, ShareView


def order_view(session: Session, order: Order) -> OrderView:
    """Return an order with its lines, deliveries and shares."""
    shares = queries.shares(session, order.id)
    parties = {order.buyer_id, order.seller_id, *(share.organisation_id for share in shares)}
    names = bidder_names(session, parties | ({order.network_id} if order.network_id else set()))
    deliveries: dict[int, list[ScheduleLine]] = {}
    for due in queries.schedule(session, order.id):
        deliveries.setdefault(due.position, []).append(due)
    return OrderView(
        **OrderItem.model_validate(order).model_dump(),
        buyer_name=names[order.buyer_id],
        seller_name=names[order.seller_id],
        network_name=names[order.network_id] if order.network_id else None,
        lines=[
            _line(line, deliveries.get(line.position, []))
            for line in queries.lines(session, order.id)
        ],
        shares=[
            ShareView(
                organisation_id=share.organisation_id,
                name=names[share.organisation_id],
                amount=share.amount,
            )
            for share in shares
        ],
    )


def _line(line: OrderLine, deliveries: list[ScheduleLine]) -> OrderLineView:
    return OrderLineView(
        position=line.position,
        lot=line.lot_code,
        offer_id=line.offer_id,
        name=line.name,
        unit=line.unit,
        quantity=line.quantity,
        price=line.price,
        setup=line.setup,
        delivery=line.delivery,
        freight=line.freight,
        total=line.total,
        schedule=[DeliveryView.model_validate(due) for due in deliveries],
    )
