"""The allocation problem as typed values: decimals exact, defaults filled in."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.allocation.reading.numbers import total

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Lot:
    """Something to be bought; ``demand`` holds one quantity per period."""

    id: str
    unit: str
    increment: Decimal
    demand: tuple[Decimal, ...]
    shortfall_cost: Decimal | None
    carry_cost: Decimal | None
    over_cost: Decimal | None
    tags: tuple[str, ...] = ()
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm that does work."""

    id: str
    size: str | None = None
    region: str | None = None
    group: str | None = None
    tags: tuple[str, ...] = ()

    @property
    def ownership(self) -> str:
        """The firm's group; a firm without one is a group of its own, named by its id."""
        return self.group or self.id


@dataclass(frozen=True, slots=True)
class Bidder:
    """A consortium, or one firm."""

    id: str
    members: tuple[str, ...]
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that runs out; ``capacity`` holds one amount per period."""

    id: str
    firm: str | None
    capacity: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Tier:
    """From the quantity ``start`` on, a unit costs ``unit``."""

    start: Decimal
    unit: Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """Tiers over the total quantity; a plain price is one incremental tier."""

    all_units: bool
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """What an offer needs of a resource."""

    resource: str
    per_unit: Decimal
    per_delivery: Decimal


@dataclass(frozen=True, slots=True)
class Offer:
    """One bidder's price for one lot.

    ``maximum`` bounds the total quantity, ``period_maximum`` each period's where it is given.
    """

    id: str
    bidder: str
    lot: str
    price: Price
    increment: Decimal
    minimum: Decimal
    delivery_minimum: Decimal
    maximum: Decimal | None
    period_maximum: tuple[Decimal, ...] | None
    setup: Decimal
    delivery_cost: Decimal
    freight: Decimal
    uses: tuple[Use, ...]
    workshare: Mapping[str, Fraction]
    scores: Mapping[str, Decimal]
    tags: tuple[str, ...]
    order: int


@dataclass(frozen=True, slots=True)
class Item:
    """What a package delivers of one lot; ``quantity`` holds one per period."""

    lot: str
    quantity: tuple[Decimal, ...]
    value: Decimal | None

    @property
    def total(self) -> Fraction:
        """The quantity over all periods."""
        return total(self.quantity)


@dataclass(frozen=True, slots=True)
class PackageUse:
    """What a package needs of a resource, one amount per period."""

    resource: str
    amount: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Package:
    """Several quantities at one price, all or nothing."""

    id: str
    bidder: str
    price: Decimal
    items: tuple[Item, ...]
    uses: tuple[PackageUse, ...]
    workshare: Mapping[str, Fraction]
    scores: Mapping[str, Decimal]
    tags: tuple[str, ...]
    order: int


@dataclass(frozen=True, slots=True)
class Charge:
    """A cost paid once if any of some awards is used."""

    id: str
    amount: Decimal
    any_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DiscountTier:
    """From ``start`` of the basis on, ``percent`` is taken off."""

    start: Decimal
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Discount:
    """A compulsory reduction over several offers."""

    id: str
    on: tuple[str, ...]
    by_value: bool
    all_units: bool
    tiers: tuple[DiscountTier, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """How many of some awards may be used."""

    id: str
    of: tuple[str, ...]
    min: int
    max: int | None


@dataclass(frozen=True, slots=True)
class Require:
    """If one award is used, one of others must be."""

    id: str
    if_used: str
    then_any_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """Conditions on awards; ``None`` is no condition, within a tuple any, between them all."""

    lots: tuple[str, ...] | None = None
    lot_tags: tuple[str, ...] | None = None
    lot_regions: tuple[str, ...] | None = None
    bidders: tuple[str, ...] | None = None
    bidder_tags: tuple[str, ...] | None = None
    firms: tuple[str, ...] | None = None
    firm_sizes: tuple[str, ...] | None = None
    firm_regions: tuple[str, ...] | None = None
    firm_groups: tuple[str, ...] | None = None
    firm_tags: tuple[str, ...] | None = None
    offers: tuple[str, ...] | None = None
    offer_tags: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A preference or handicap, for comparison only."""

    id: str
    scope: Scope
    percent: Decimal
    per_unit: Decimal


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of any kind; fields that its kind does not have keep their defaults.

    ``prior`` holds what was awarded before (empty where nothing was); ``penalty`` is ``None`` for
    a hard rule.
    """

    id: str
    kind: str
    scope: Scope = Scope()
    select: Scope = Scope()
    of: str | None = None
    each: str | None = None
    per: str | None = None
    measure: str | None = None
    min: Decimal | int | None = None
    max: Decimal | int | None = None
    n: int | None = None
    always: bool = False
    if_awarded: bool = False
    shares: tuple[Decimal, ...] = ()
    tolerance: Decimal = Decimal("0.005")
    prior: Mapping[str, Decimal] = field(default_factory=dict)
    prior_other: Decimal = ZERO
    penalty: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """A decision of the buyer's own, on an offer's total quantity or on a package."""

    id: str
    offer: str | None
    min: Decimal
    max: Decimal | None
    package: str | None
    accept: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """A weighted sum of measures, minimised; later stages may worsen it by ``tolerance``."""

    terms: tuple[tuple[str, Decimal], ...]
    tolerance: Decimal


@dataclass(frozen=True, slots=True)
class Reference:
    """An allocation to compare with: quantities per offer and period, accepted packages."""

    quantities: Mapping[str, tuple[Decimal, ...]]
    packages: frozenset[str]


@dataclass(frozen=True, slots=True)
class Problem:
    """A tender's allocation problem, every default filled in; mappings keep document order.

    ``derived`` keeps what has been worked out from it and is asked for again and again.
    """

    currency: str
    periods: tuple[str, ...]
    lots: Mapping[str, Lot]
    firms: Mapping[str, Firm]
    bidders: Mapping[str, Bidder]
    resources: Mapping[str, Resource]
    offers: Mapping[str, Offer]
    packages: Mapping[str, Package]
    charges: tuple[Charge, ...]
    discounts: tuple[Discount, ...]
    choices: tuple[Choice, ...]
    requires: tuple[Require, ...]
    adjustments: tuple[Adjustment, ...]
    rules: tuple[Rule, ...]
    pins: tuple[Pin, ...]
    objective: tuple[Stage, ...]
    reference: Reference
    derived: dict[Hashable, Any] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    @property
    def sources(self) -> tuple[Offer | Package, ...]:
        """All offers, then all packages."""
        return (*self.offers.values(), *self.packages.values())
