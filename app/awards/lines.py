"""A line of an award or of an order: what one offer delivers, when, and for how much."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.awards import exact


@dataclass(frozen=True, slots=True)
class Line:
    """An awarded offer or a firm's part of it; `quantities` holds one per period."""

    bidder: str
    offer: str
    lot: str
    quantities: tuple[Decimal, ...]
    price: Decimal
    setup: Decimal
    delivery: Decimal
    freight: Decimal
    workshare: Mapping[str, Fraction]

    @property
    def quantity(self) -> Decimal:
        """The quantity over all periods."""
        return exact.total(self.quantities)

    @property
    def total(self) -> Decimal:
        """What the buyer pays for this line, exactly."""
        return exact.total((self.price, self.setup, self.delivery, self.freight))
