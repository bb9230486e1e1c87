"""Responses about orders."""

from datetime import date
from typing import Literal

from pydantic import Field

from app.kit.http import View
from app.kit.types import ExactNumber, Instant

Status = Literal["placed", "acknowledged"]


class OrderItem(View):
    """An order in a list."""

    id: str
    number: int = Field(description="Counts the orders of one award.")
    award_id: str
    tender_id: str
    buyer_id: str
    seller_id: str = Field(description="The firm that contracts; a network's lead firm for it.")
    network_id: str | None
    status: Status
    currency: str
    total: ExactNumber = Field(
        description="The lines' exact sum, rounded once: whole rupiah, cents elsewhere, half even."
    )
    payment_days: int
    placed_at: Instant
    acknowledged_at: Instant | None


class DeliveryView(View):
    """A quantity that is due in one period."""

    period: str
    due_on: date = Field(description="The Sunday that ends the period's last week.")
    quantity: ExactNumber


class OrderLineView(View):
    """One lot of an order, with exact amounts and its deliveries."""

    position: int
    lot: str
    offer_id: str
    name: str
    unit: str
    quantity: ExactNumber
    price: ExactNumber
    setup: ExactNumber
    delivery: ExactNumber
    freight: ExactNumber
    total: ExactNumber
    schedule: list[DeliveryView]


class ShareView(View):
    """A firm's part of the order's total."""

    organisation_id: str
    name: str
    amount: ExactNumber


class OrderView(OrderItem):
    """An order with its lines, deliveries and shares."""

    buyer_name: str
    seller_name: str
    network_name: str | None
    lines: list[OrderLineView]
    shares: list[ShareView] = Field(
        description="By the workshares that the bid stated; they add up to the total exactly."
    )


class PlacedOrders(View):
    """The orders that an award became."""

    award_id: str
    orders: list[OrderItem]
