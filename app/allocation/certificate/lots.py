"""The relaxation of lots, charges, discounts, choices, requires and pins."""

from collections.abc import Sequence
from fractions import Fraction

from app.allocation.certificate.relaxation import NONE, Relaxation
from app.allocation.elements import Discount, Lot, Pin
from app.allocation.linear import Linear

ONE = Fraction(1)
ONE_SUM = Linear(constant=ONE)


def add_lot(r: Relaxation, lot: Lot) -> None:
    """Add a lot's flows: rows ``demand``, ``full_early``, ``full_excess``."""
    before, beyond, count = Linear(), NONE, len(r.problem.periods)
    demand = [Fraction(amount) for amount in lot.demand]
    if lot.over_cost is not None:
        tops = (r.range_of(r.arrived[lot.id, t])[1] + demand[t] for t in range(count))
        beyond = sum(tops, NONE)
    for t, period in enumerate(r.problem.periods):
        here = f"[{lot.id},{period}]"
        later = sum(demand[t + 1 :], NONE) if lot.carry_cost is not None else NONE
        short = r.column(f"shortfall{here}", demand[t], whole=False)
        early = r.column(f"early{here}", later, whole=False)
        excess = r.column(f"excess{here}", beyond, whole=False)
        flow = Linear({short: 1, early: -1, excess: -1}).add(r.arrived[lot.id, t]).add(before)
        r.row(f"demand{here}", flow, equal=True)
        if later and beyond:
            full = r.column(f"full{here}", 1)
            r.row(f"full_early{here}", Linear({early: 1, full: -later}))
            r.row(f"full_excess{here}", Linear({full: beyond, excess: -1}))
        r.cost.add_term(short, Fraction(lot.shortfall_cost or 0))
        r.cost.add_term(early, Fraction(lot.carry_cost or 0))
        r.cost.add_term(excess, Fraction(lot.over_cost or 0))
        before = Linear.of(early)
        r.shortfall[lot.id, t] = short


def add_conditions(r: Relaxation) -> None:
    """Add capacities, charges, discounts, choices, requires and pins."""
    problem = r.problem
    for (resource, t), spare in r.spare.items():
        r.row(f"capacity[{resource},{problem.periods[t]}]", spare)
    for charge in problem.charges:
        due = r.any_of(f"charge[{charge.id}]", r.used(charge.any_of))
        r.cost.add_term(due, Fraction(charge.amount))
    for discount in problem.discounts:
        _discount(r, discount)
    for choice in problem.choices:
        number = Linear(dict.fromkeys(r.used(choice.of), 1))
        high = None if choice.max is None else number.times(-1).plus(choice.max)
        low = number.plus(-choice.min) if choice.min else None
        r.hold(f"choice[{choice.id}]", low, high, None)
    for require in problem.requires:
        body = Linear(dict.fromkeys(r.used(require.then_any_of), 1))
        r.row(f"require[{require.id}]", body.add_term(r.awards[require.if_used].use, -1))
    for pin in problem.pins:
        _pin(r, pin)


def _pin(r: Relaxation, pin: Pin) -> None:
    name, award = f"pin[{pin.id}]", r.awards[pin.offer or pin.package or ""]
    if pin.package is not None:
        r.row(name, Linear({award.use: 1}, -int(pin.accept)), equal=True)
        return
    high = None if pin.max is None else award.quantity.times(-1).plus(Fraction(pin.max))
    r.hold(name, award.quantity.plus(-Fraction(pin.min)) if pin.min else None, high, None)
    if pin.min:
        r.hold(f"{name}.use", Linear({award.use: 1}, -1), None, None)


def _discount(r: Relaxation, discount: Discount) -> None:
    """Add a discount: rows ``level``, ``basis``, ``value…``; its amount lowers the cost."""
    d, on = discount.id, [r.awards[name] for name in discount.on]
    value = Linear.sum(award.price for award in on)
    basis, highest = value, ONE
    if not discount.by_value:
        basis = Linear.sum(award.quantity for award in on)
        offers = (r.problem.offers[name] for name in discount.on)
        highest = max(Fraction(tier.unit) for offer in offers for tier in offer.price.tiers)
    starts = [Fraction(tier.start) for tier in discount.tiers]
    rates = [Fraction(tier.percent) / 100 for tier in discount.tiers]
    fixed = [NONE] * len(rates) if discount.all_units else _slices(starts, rates)
    all_basis, all_value = r.range_of(basis)[1], r.range_of(value)[1]
    ends = [(a, min([all_basis, *starts[k + 1 : k + 2]])) for k, a in enumerate(starts)]
    made = r.tiers(("level", "basis"), d, ends, whole=False)
    made.state(ONE_SUM, basis)
    left = value
    for k, (level, own) in enumerate(zip(made.reached, made.parts, strict=True)):
        part = r.column(f"value[{d},{k}]", all_value, whole=False)
        r.row(f"value_level[{d},{k}]", Linear({level: all_value, part: -1}))
        r.row(f"value_basis[{d},{k}]", Linear({own: highest, part: -1}))
        r.cost.add_term(part, -rates[k]).add_term(level, -fixed[k])
        left = left.plus(Linear.of(part, -1))
    r.row(f"value[{d}]", left, equal=True)


def _slices(starts: Sequence[Fraction], rates: Sequence[Fraction]) -> list[Fraction]:
    """Return what the slices below add to ``rate·amount`` in each tier."""
    found, paid = [], NONE
    for k, (start, rate) in enumerate(zip(starts, rates, strict=True)):
        if k:
            paid += rates[k - 1] * (start - starts[k - 1])
        found.append(paid - rate * start)
    return found
