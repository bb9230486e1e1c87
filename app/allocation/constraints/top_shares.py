"""Top shares: what the largest few hold together."""

from collections.abc import Sequence
from fractions import Fraction

from app.allocation.constraints.counts import cell_name
from app.allocation.constraints.shares import amount
from app.allocation.elements import Rule
from app.allocation.frame import Formulation
from app.allocation.linear import Linear, lattice
from app.allocation.rulework import measured


def top_shares_are_kept(f: Formulation) -> None:
    """``n·line + Σ_k above[k] ≤ max·base`` with ``above[k] ≥ part[k] − line``, in each cell.

    The left side is at least the sum of the ``n`` largest parts, and is that sum where ``line``
    is the n-th largest. Rows ``top_share[r,cell]``.
    """
    for rule in f.problem.rules:
        if rule.kind != "top_share":
            continue
        violation, measure = Linear(), rule.measure or ""
        for cell in measured(f.problem, rule):
            name = f"top_share[{rule.id}{cell_name(f, cell.cell)}]"
            base = amount(f, measure, cell.base).plus(cell.base_prior)
            parts = [amount(f, measure, held.selected).plus(held.prior) for held in cell.held]
            largest = _largest(f, name, rule, parts)
            within = base.times(Fraction(rule.max or 0)).minus(largest)
            violation.add(f.hold(name, rule, [within]))
        if rule.penalty is not None:
            f.violation[rule.id] = violation


def _largest(f: Formulation, name: str, rule: Rule, parts: Sequence[Linear]) -> Linear:
    """Return an expression for the sum of the ``n`` largest parts."""
    n = rule.n or 1
    if len(parts) <= n:
        return Linear.sum(parts)
    unit = lattice(v for part in parts for v in (*part.terms.values(), part.constant))
    if not unit:
        return Linear()
    tops = [f.model.range_of(part)[1] for part in parts]
    line = f.number(f"{name}.line", int(max(tops) / unit), unit)
    whole = line.times(n)
    for k, part in enumerate(parts):
        whole.add(f.greatest(f"{name}.above[{k}]", [part.minus(line)], exact=False))
    if rule.penalty is not None and f.exact_cost:
        _is_the_largest(f, name, n, whole, parts)
    return whole


def _is_the_largest(
    f: Formulation, name: str, n: int, whole: Linear, parts: Sequence[Linear]
) -> None:
    """Add ``whole ≤ Σ_k counted[k]``: each at most its part, and 0 but for ``n`` of them."""
    unit = lattice(v for part in parts for v in (*part.terms.values(), part.constant))
    number, counted = Linear(), Linear()
    for k, part in enumerate(parts):
        top = f.model.range_of(part)[1]
        chosen = f.model.column(f"{name}.counts[{k}]", 0, 1)
        own = f.number(f"{name}.counted[{k}]", int(top / unit), unit)
        number.add_term(chosen, 1)
        counted.add(own)
        f.model.row(f"{name}.counted[{k}].part", own.minus(part), upper=0)
        f.model.row(f"{name}.counted[{k}].in", own.plus(Linear.of(chosen, -top)), upper=0)
    f.model.row(f"{name}.counts", number, lower=n, upper=n)
    f.model.row(f"{name}.counted", whole.minus(counted), upper=0)
