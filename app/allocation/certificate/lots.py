"""The relaxation of lots, charges, discounts, choices, requires and pins."""

from collections.abc import Sequence
from fractions import Fraction

from app.allocation.certificate.relaxation import NONE, Relaxation
from app.allocation.elements import Discount, Lot, Pin
from app.allocation.linear import Linear

ONE = Fraction(1)


def add_lot(r: Relaxation, lot: Lot) -> None:
    """Add a lot's flows: rows ``demand``, ``open``, ``closed``, ``full_early``, ``full_excess``."""
    before, most = Linear(), r.most[lot.id]
    demand = [Fraction(amount) for amount in lot.demand]
    beyond = most if lot.over_cost is not None else NONE
    for t, period in enumerate(r.problem.periods):
        here = f"[{lot.id},{period}]"
        later = sum(demand[t + 1 :], NONE) if lot.carry_cost is not None else NONE
        short = r.column(f"shortfall{here}", demand[t], whole=False)
        early = r.column(f"early{here}", later, whole=False)
        excess = r.column(f"excess{here}", beyond, whole=False)
        left_open, full = r.column(f"open{here}", 1), r.column(f"full{here}", 1)
        flow = Linear({short: 1, early: -1, excess: -1}).add(r.arrived[lot.id, t]).add(before)
        r.row(f"demand{here}", flow, equal=True)
        r.row(f"open{here}", Linear({left_open: demand[t], short: -1}))
        r.row(f"closed{here}", Linear({left_open: -most, early: -1, excess: -1}, most))
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
        r.hold(f"choice[{choice.id}]", number.plus(-choice.min), high, None)
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
    r.hold(name, award.quantity.plus(-Fraction(pin.min)), high, None)
    if pin.min:
        r.row(f"{name}.use", Linear({award.use: 1}, -1))


def _discount(r: Relaxation, discount: Discount) -> None:
    """Add a discount: rows ``level``, ``basis``, ``value``; its amount lowers the cost."""
    d, on = discount.id, [r.awards[name] for name in discount.on]
    value = Linear.sum(award.price for award in on)
    basis, lowest, highest = value, ONE, ONE
    if not discount.by_value:
        basis = Linear.sum(award.quantity for award in on)
        offers = (r.problem.offers[name] for name in discount.on)
        units = [Fraction(tier.unit) for offer in offers for tier in offer.price.tiers]
        lowest, highest = min(units), max(units)
    starts = [Fraction(tier.start) for tier in discount.tiers]
    rates = [Fraction(tier.percent) / 100 for tier in discount.tiers]
    fixed = [NONE] * len(rates) if discount.all_units else _slices(starts, rates)
    all_basis, all_value = r.range_of(basis)[1], r.range_of(value)[1]
    chosen, counted, valued = Linear(constant=-1), basis.times(-1), value.times(-1)
    for k, start in enumerate(starts):
        end = min([all_basis, *starts[k + 1 : k + 2]])
        level = r.column(f"level[{d},{k}]", int(start <= end))
        own = r.column(f"basis[{d},{k}]", end, whole=False)
        part = r.column(f"value[{d},{k}]", all_value, whole=False)
        r.row(f"basis_from[{d},{k}]", Linear({own: 1, level: -start}))
        r.row(f"basis_to[{d},{k}]", Linear({level: end, own: -1}))
        r.row(f"value_to[{d},{k}]", Linear({level: all_value, part: -1}))
        r.row(f"value_low[{d},{k}]", Linear({part: 1, own: -lowest}))
        r.row(f"value_high[{d},{k}]", Linear({own: highest, part: -1}))
        chosen.add_term(level, 1)
        counted.add_term(own, 1)
        valued.add_term(part, 1)
        r.cost.add_term(part, -rates[k]).add_term(level, -fixed[k])
    r.row(f"level[{d}]", chosen, equal=True)
    r.row(f"basis[{d}]", counted, equal=True)
    r.row(f"value[{d}]", valued, equal=True)


def _slices(starts: Sequence[Fraction], rates: Sequence[Fraction]) -> list[Fraction]:
    """Return what the slices below add to ``rate·amount`` in each tier."""
    found, paid = [], NONE
    for k, (start, rate) in enumerate(zip(starts, rates, strict=True)):
        if k:
            paid += rates[k - 1] * (start - starts[k - 1])
        found.append(paid - rate * start)
    return found
