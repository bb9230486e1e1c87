"""A problem as NumPy arrays of whole numbers, built without a fraction per term."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from math import lcm

import numpy as np

from app.allocation.elements import Offer, Package, Problem
from app.allocation.scale.counting import (
    LARGEST,
    Floats,
    Ints,
    UnsupportedError,
    places,
    pointers,
    whole,
)

NO_LIMIT = 2**60
MOST_PICKS = 4  # offers that the search uses in one lot at most


@dataclass
class Arrays:
    """The awards of a problem: offers sorted by lot, then packages.

    Quantities of lots and steps are counted in ``10**-decimals``; of offers in their own steps.
    Money is counted in ``money`` (a fraction of the currency unit), ``percents`` of it make one
    unit of cost, so that discounts are whole. Work shares are counted in ``1 / shares``, capacity
    in ``1 / capacity_scale``.
    """

    problem: Problem
    decimals: int
    money: Fraction
    percents: int
    shares: int
    order: Sequence[Offer]
    lots: dict[str, int]
    bidders: dict[str, int]
    firms: dict[str, int]
    awards: dict[str, int]
    capacity_scale: int = 1
    of: dict[str, Ints] = field(default_factory=dict)

    @property
    def offers(self) -> int:
        """How many offers there are."""
        return len(self.order)

    def __getitem__(self, name: str) -> Ints:
        return self.of[name]


def arrays_of(problem: Problem) -> Arrays:
    """Return a problem's lots, offers, resources and packages as whole numbers.

    Raises
    ------
    UnsupportedError
        Where a number or a product that will be needed could leave 62 bits.
    """
    lots = {name: i for i, name in enumerate(problem.lots)}
    order = sorted(problem.offers.values(), key=lambda offer: lots[offer.lot])
    names = chain((o.id for o in order), problem.packages)
    parts = chain.from_iterable(award.workshare.values() for award in problem.sources)
    shares = lcm(*{part.denominator for part in parts})
    percent = places(tier.percent for one in problem.discounts for tier in one.tiers)
    made = Arrays(
        problem=problem,
        decimals=_quantity_places(problem, order),
        money=Fraction(1),
        percents=10 ** (percent + 2) if problem.discounts else 1,
        shares=shares,
        order=order,
        lots=lots,
        bidders={name: i for i, name in enumerate(problem.bidders)},
        firms={name: i for i, name in enumerate(problem.firms)},
        awards={name: i for i, name in enumerate(names)},
    )
    _lots_and_steps(made)
    _money(made)
    _uses(made)
    _limits(made)
    _tiers(made)
    _workshares(made)
    _check_width(made)
    return made


def sources_of(a: Arrays) -> list[Offer | Package]:
    """Return the awards in the order of the arrays."""
    return [*a.order, *a.problem.packages.values()]


def _quantity_places(problem: Problem, order: Sequence[Offer]) -> int:
    lots, packages = problem.lots.values(), problem.packages.values()
    return max(
        places(chain.from_iterable((lot.increment, *lot.demand) for lot in lots)),
        places(offer.increment for offer in order),
        places(q for p in packages for item in p.items for q in item.quantity),
        places(t.start for d in problem.discounts if not d.by_value for t in d.tiers),
    )


def _lots_and_steps(a: Arrays) -> None:
    lots, order = list(a.problem.lots.values()), a.order
    periods = len(a.problem.periods)
    flat = whole(chain.from_iterable(lot.demand for lot in lots), a.decimals)
    a.of["demand"] = flat.reshape(len(lots), periods)
    reverse = a["demand"][:, ::-1].cumsum(axis=1)[:, ::-1]
    a.of["later"] = reverse - a["demand"]
    a.of["lot"] = np.array([a.lots[offer.lot] for offer in order], dtype=np.int64)
    a.of["lot_ptr"] = pointers(a["lot"], len(lots))
    a.of["bidder"] = np.array([a.bidders[one.bidder] for one in sources_of(a)], dtype=np.int64)
    a.of["step"] = whole((offer.increment for offer in order), a.decimals)


def _money(a: Arrays) -> None:
    """Scale every price and cost of an offer's step, a lot's unit and a package."""
    problem, order = a.problem, a.order
    lots, q = list(problem.lots.values()), a.decimals
    per_unit = [
        *(tier.unit for offer in order for tier in offer.price.tiers),
        *(offer.freight for offer in order),
        *(
            cost
            for lot in lots
            for cost in (lot.shortfall_cost, lot.carry_cost, lot.over_cost)
            if cost
        ),
    ]
    fixed = [
        *chain.from_iterable((offer.setup, offer.delivery_cost) for offer in order),
        *(charge.amount for charge in problem.charges),
        *(amount for p in problem.packages.values() for amount in _package_money(p)),
        *(tier.start for d in problem.discounts if d.by_value for tier in d.tiers),
    ]
    unit = places(per_unit)
    scale = max(unit + q, places(fixed))
    a.money = Fraction(1, 10**scale)
    a.of["unit_scale"] = np.array([scale - q, scale], dtype=np.int64)
    per_step = scale - q
    a.of["freight"] = whole((offer.freight for offer in order), per_step) * a["step"]
    a.of["setup"] = whole((offer.setup for offer in order), scale)
    a.of["delivery"] = whole((offer.delivery_cost for offer in order), scale)
    none = Decimal(-1)
    for name in ("shortfall_cost", "carry_cost", "over_cost"):
        stated = [getattr(lot, name) for lot in lots]
        costs = whole((none if cost is None else cost for cost in stated), per_step)
        a.of[name] = np.where([cost is None for cost in stated], -1, costs)
    packages = problem.packages.values()
    a.of["package_price"] = whole((p.price for p in packages), scale)
    a.of["charge"] = whole((charge.amount for charge in problem.charges), scale)


def _package_money(package: Package) -> list[Decimal]:
    return [package.price, *(item.value for item in package.items if item.value is not None)]


def _uses(a: Arrays) -> None:
    problem, order, q = a.problem, a.order, a.decimals
    resources = {name: i for i, name in enumerate(problem.resources)}
    uses = [(o, use) for o, offer in enumerate(order) for use in offer.uses]
    a.of["use_ptr"] = pointers(np.array([o for o, _ in uses], dtype=np.int64), len(order))
    a.of["use_res"] = np.array([resources[use.resource] for _, use in uses], dtype=np.int64)
    taken = [(p, r, n) for p, r, n in _package_uses(problem, resources)]
    fixed = max(
        places(use.per_delivery for _, use in uses),
        places(c for r in problem.resources.values() for c in r.capacity),
        places(n for _, _, amounts in taken for n in amounts),
    )
    scale = max(fixed, places(use.per_unit for _, use in uses) + q)
    a.capacity_scale = 10**scale
    steps = a["step"][[o for o, _ in uses]] if uses else np.zeros(0, dtype=np.int64)
    a.of["use_step"] = whole((use.per_unit for _, use in uses), scale - q) * steps
    a.of["use_delivery"] = whole((use.per_delivery for _, use in uses), scale)
    flat = whole(chain.from_iterable(r.capacity for r in problem.resources.values()), scale)
    periods = len(problem.periods)
    a.of["capacity"] = flat.reshape(len(resources), periods)
    a.of["pack_use_ptr"] = pointers(
        np.array([p for p, _, _ in taken], dtype=np.int64), len(problem.packages)
    )
    a.of["pack_use_res"] = np.array([r for _, r, _ in taken], dtype=np.int64)
    amounts = whole(chain.from_iterable(n for _, _, n in taken), scale)
    a.of["pack_use"] = amounts.reshape(len(taken), periods)
    items = [(p, i) for p, one in enumerate(problem.packages.values()) for i in one.items]
    a.of["item_ptr"] = pointers(
        np.array([p for p, _ in items], dtype=np.int64), len(problem.packages)
    )
    a.of["item_lot"] = np.array([a.lots[item.lot] for _, item in items], dtype=np.int64)
    brought = whole(chain.from_iterable(item.quantity for _, item in items), q)
    a.of["item_quantity"] = brought.reshape(len(items), periods)


def _package_uses(
    problem: Problem, resources: dict[str, int]
) -> list[tuple[int, int, Sequence[Decimal]]]:
    return [
        (p, resources[use.resource], use.amount)
        for p, package in enumerate(problem.packages.values())
        for use in package.uses
    ]


def _limits(a: Arrays) -> None:
    """Bound steps per period and in all, as ``problem.Scaled`` does, by columns."""
    order, lot, step = a.order, a["lot"], a["step"]
    demand, later = a["demand"], a["later"]
    deep = max(
        a.decimals,
        places(o.minimum for o in order),
        places(o.delivery_minimum for o in order),
        places(o.maximum for o in order if o.maximum is not None),
        places(m for o in order if o.period_maximum is not None for m in o.period_maximum),
    )
    fine = step * 10 ** (deep - a.decimals)
    cap = _floors(order, deep, fine)
    for pin in a.problem.pins:
        if pin.offer is not None and pin.max is not None:
            o = a.awards[pin.offer]
            most = int(Fraction(pin.max) / Fraction(order[o].increment))
            cap[o] = min(cap[o], most)
    closed = a["over_cost"][lot] < 0
    room = demand + np.where(a["carry_cost"][:, None] >= 0, later, 0)
    limit = np.where(closed[:, None], room[lot] // step[:, None], NO_LIMIT)
    limit = np.minimum(limit, cap[:, None])
    for o, offer in enumerate(order):
        if offer.period_maximum is not None:
            own = whole(offer.period_maximum, deep) // fine[o]
            limit[o] = np.minimum(limit[o], own)
    owner = np.repeat(np.arange(len(order)), np.diff(a["use_ptr"]))
    left = a["capacity"][a["use_res"]] - a["use_delivery"][:, None]
    per = a["use_step"][:, None]
    fits = np.where(per > 0, left // np.maximum(per, 1), NO_LIMIT)
    np.minimum.at(limit, owner, np.where(left < 0, 0, fits))
    least_delivery = -(-whole((o.delivery_minimum for o in order), deep) // fine)
    least_delivery = np.maximum(1, least_delivery)
    limit = np.where(limit >= least_delivery[:, None], limit, 0)
    most = np.minimum(cap, limit.sum(axis=1))
    most = np.where(closed, np.minimum(most, demand.sum(axis=1)[lot] // step), most)
    least = np.maximum(least_delivery, -(-whole((o.minimum for o in order), deep) // fine))
    dead = most < least
    if (limit >= NO_LIMIT).any():
        raise UnsupportedError("an offer without any limit")
    a.of["limit"] = np.where(dead[:, None], 0, limit).astype(np.int64)
    a.of["most"] = np.where(dead, 0, most).astype(np.int64)
    a.of["least"] = least.astype(np.int64)
    a.of["least_delivery"] = least_delivery.astype(np.int64)


def _floors(order: Sequence[Offer], deep: int, fine: Ints) -> Ints:
    stated = [Decimal(0) if offer.maximum is None else offer.maximum for offer in order]
    known = np.array([offer.maximum is not None for offer in order], dtype=bool)
    return np.where(known, whole(stated, deep) // fine, NO_LIMIT).astype(np.int64)


def _tiers(a: Arrays) -> None:
    """Tiers that can be reached: steps from, to, money per step and fixed (of ``money``)."""
    order = a.order
    counts = np.array([len(offer.price.tiers) for offer in order], dtype=np.int64)
    owner = np.repeat(np.arange(len(order)), counts)
    tiers = [tier for offer in order for tier in offer.price.tiers]
    starts_places = max(a.decimals, places(tier.start for tier in tiers))
    start = whole((tier.start for tier in tiers), starts_places)
    fine = a["step"][owner] * 10 ** (starts_places - a.decimals)
    first = np.concatenate(([0], np.cumsum(counts)[:-1])).astype(np.int64)
    last = np.zeros(len(tiers), dtype=bool)
    last[first + counts - 1] = True
    from_step = -(-start // fine)
    until = np.where(last, NO_LIMIT, np.append(from_step[1:], 0) - 1)
    low = np.maximum(a["least"][owner], from_step)
    high = np.minimum(a["most"][owner], until)
    per_unit = whole((tier.unit for tier in tiers), int(a["unit_scale"][0]))
    all_units = np.array([offer.price.all_units for offer in order], dtype=bool)[owner]
    # Money at a tier's start, in money times 10**(starts_places − decimals), exactly.
    finer = 10 ** (starts_places - a.decimals)
    gaps = np.where(last, 0, np.append(start[1:], 0) - start)
    paid_before = np.concatenate(([0], np.cumsum(gaps * per_unit)[:-1]))
    paid = paid_before - paid_before[first][owner]
    fixed = np.where(all_units, 0, paid - per_unit * start)
    if (fixed % finer).any():
        raise UnsupportedError("tier starts finer than quantities")
    keep = low <= high
    a.of["tier_ptr"] = pointers(owner[keep], len(order))
    a.of["tier_least"], a.of["tier_most"] = low[keep], high[keep]
    a.of["tier_step"] = (per_unit * a["step"][owner])[keep]
    a.of["tier_fixed"] = (fixed // finer)[keep]


def _workshares(a: Arrays) -> None:
    shares, firms = a.shares, a.firms
    sources = sources_of(a)
    counts = np.array([len(one.workshare) for one in sources], dtype=np.int64)
    a.of["work_award"] = np.repeat(np.arange(len(sources)), counts)
    a.of["work_firm"] = np.array(
        [firms[name] for one in sources for name in one.workshare], dtype=np.int64
    )
    a.of["work_part"] = np.array(
        [
            p.numerator * (shares // p.denominator)
            for one in sources
            for p in one.workshare.values()
        ],
        dtype=np.int64,
    )


def _check_width(a: Arrays) -> None:
    """Refuse where a sum of costs could leave 62 bits, all lots filled at the highest prices."""
    sizes = a["step"] * a["most"]
    highest = int(a["tier_step"].max(initial=0)) + int(a["freight"].max(initial=0))
    steps = float(a["most"].astype(float).max(initial=0.0))
    if float(sizes.astype(float).max(initial=0.0)) >= LARGEST or highest * steps >= LARGEST:
        raise UnsupportedError("numbers beyond 62 bits")
    extra = a["package_price"].astype(float).sum() + a["charge"].astype(float).sum()
    unfilled = (a["shortfall_cost"].astype(float) * a["demand"].sum(axis=1)).sum()
    if (dearest_award(a) + float(extra) + float(unfilled)) * a.percents >= LARGEST:
        raise UnsupportedError("sums beyond 62 bits")


def dearest_award(a: Arrays) -> float:
    """Return what a whole award can cost at most, with room to spare."""
    per_lot = np.zeros(len(a.lots))
    np.maximum.at(per_lot, a["lot"], _dearest(a))
    return MOST_PICKS * float(per_lot.sum()) + float(a["package_price"].astype(float).sum())


def _dearest(a: Arrays) -> Floats:
    """Return the most that each offer can cost, as floats with room to spare."""
    per = np.zeros(a.offers)
    owner = np.repeat(np.arange(a.offers), np.diff(a["tier_ptr"]))
    np.maximum.at(per, owner, (a["tier_step"] * a["tier_most"]).astype(float))
    fixed = a["setup"] + a["delivery"] * a["demand"].shape[1]
    dearest: Floats = per + a["freight"].astype(float) * a["most"] + fixed
    return dearest
