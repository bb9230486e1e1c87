"""Discounts: the tier that the total quantity or value of some offers falls in."""

from fractions import Fraction

from app.allocation.elements import Discount
from app.allocation.frame import Formulation
from app.allocation.linear import Exact, Linear, lattice


def discounts_are_taken(f: Formulation) -> None:
    """``Σ_k level[d,k] = 1`` and ``Σ_k basis[d,k] = basis``.

    Each within its tier: ``from[k]·level[d,k] ≤ basis[d,k] < from[k+1]·level[d,k]``.
    The same for the value, ``value[d,k] ≤ most·level[d,k]``, where the basis is the quantity.
    All units: ``Σ percent_k·value[d,k]``; incremental: what the lower slices give, and the rest of
    the value at the tier's own percent. Rows ``discounts[d]``.
    """
    for discount in f.problem.discounts:
        value = Linear.sum(f.price[name] for name in discount.on)
        basis = value
        if not discount.by_value:
            basis = Linear.sum(
                f.steps(name).times(f.scaled.offers[name].step) for name in discount.on
            )
        f.discount[discount.id] = _taken(f, discount, value, basis)


def _taken(f: Formulation, discount: Discount, value: Linear, basis: Linear) -> Linear:
    unit = lattice(basis.terms.values()) or Fraction(1)
    limits = (f.scaled.offers[name] for name in discount.on)
    if discount.by_value:
        top = sum((limit.value_limit for limit in limits), Fraction(0))
    else:
        top = sum((limit.most * limit.step for limit in limits), Fraction(0))
    levels = _levels(discount, unit, top)
    if len(levels) == 1:
        k, _, _ = levels[0]
        return _amount(discount, k, value, Linear(constant=1))
    name, model = f"discounts[{discount.id}]", f.model
    one, whole, taken = Linear(constant=-1), basis.times(-1), Linear()
    values = value.times(-1)
    for k, low, high in levels:
        here = f"[{discount.id},{k}]"
        level = model.column(f"level{here}", 0, 1)
        own = f.number(f"basis{here}", high, unit)
        model.row(f"{name}.from[{k}]", own.plus(Linear.of(level, -low * unit)), lower=0)
        model.row(f"{name}.to[{k}]", own.plus(Linear.of(level, -high * unit)), upper=0)
        one.add_term(level, 1)
        whole.add(own)
        if not discount.by_value:
            own = _value_at(f, discount, k, level, value)
            values.add(own)
        taken.add(_amount(discount, k, own, Linear.of(level)))
    model.row(f"{name}.level", one, lower=0, upper=0)
    model.row(f"{name}.basis", whole, lower=0, upper=0)
    if not discount.by_value:
        model.row(f"{name}.value", values, lower=0, upper=0)
    return taken


def _levels(discount: Discount, unit: Fraction, top: Fraction) -> list[tuple[int, int, int]]:
    """Return the tiers that can be reached, with least and greatest basis in units."""
    starts = [Fraction(tier.start) for tier in discount.tiers]
    found = []
    for k, start in enumerate(starts):
        high: Exact = top // unit
        if k + 1 < len(starts):
            high = min(high, -(-starts[k + 1] // unit) - 1)
        low = -(-start // unit)
        if low <= high:
            found.append((k, int(low), int(high)))
    return found


def _value_at(f: Formulation, discount: Discount, k: int, level: int, value: Linear) -> Linear:
    """Return the value if the tier is reached, else 0."""
    unit = lattice(value.terms.values()) or Fraction(1)
    offers = (f.scaled.offers[name] for name in discount.on)
    most = int(sum((offer.value_limit for offer in offers), Fraction(0)) / unit)
    own = f.number(f"value[{discount.id},{k}]", most, unit)
    f.model.row(
        f"discounts[{discount.id}].value[{k}]", own.plus(Linear.of(level, -most * unit)), upper=0
    )
    return own


def _amount(discount: Discount, k: int, value: Linear, level: Linear) -> Linear:
    """Return what is taken off a value in tier k; ``level`` is 1 where it is reached."""
    percents = [Fraction(tier.percent) / 100 for tier in discount.tiers]
    if discount.all_units:
        return value.times(percents[k])
    starts = [Fraction(tier.start) for tier in discount.tiers]
    lower = sum((percents[j] * (starts[j + 1] - starts[j]) for j in range(k)), Fraction(0))
    return value.times(percents[k]).plus(level, lower - percents[k] * starts[k])
