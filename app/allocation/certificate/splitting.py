"""Split nodes: the rows that tie lots together are priced, and each part has a tree of its own."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from heapq import heapify, heappop, heappush
from typing import Any

from app.allocation.certificate.exact import dual_text
from app.allocation.certificate.lp import Box
from app.allocation.certificate.relaxation import Relaxation, Row, Space
from app.allocation.certificate.search import Limits, Node, Search, Split
from app.allocation.linear import Linear

# Significant digits of a price, and its decimal places.
_DIGITS, _PLACES = 9, 12


def split(
    relaxation: Relaxation,
    rows: Sequence[Row],
    cost: Linear,
    duals: Sequence[float],
    limits: Limits,
    *,
    box: Box | None = None,
) -> Split | None:
    """Return a split at the duals of the rows that tie lots together.

    Source of the method: Lagrangian relaxation (Geoffrion 1974) at the linear program's duals.

    Parameters
    ----------
    relaxation, rows, cost
        The relaxation, the rows that hold, and what is minimised.
    duals
        Of the linear program, one for each row.
    limits
        For each part's tree.
    box
        Changed bounds of columns: where in a tree the split stands.

    Returns
    -------
    Split or None
        ``None`` where there is but one part, or the work was stopped before it was done.
    """
    owner = _owners(relaxation, rows)
    ties = [len({owner[j] for j in row.body.terms}) > 1 for row in rows]
    parts = list(
        _parts(len(relaxation.names), (r for r, t in zip(rows, ties, strict=True) if not t))
    )
    if len(parts) < 2:
        return None
    left, prices = Linear(cost.terms, cost.constant), {}
    for row, tie, dual in zip(rows, ties, duals, strict=True):
        if tie:
            price = _price(row, dual)
            prices[row.name] = dual_text(price)
            left.add(row.body, -Fraction(price))
    bound, found, single = Fraction(left.constant), [], dict(left.terms)
    for columns, inside in parts:
        if limits.should_stop():
            return None
        made = _part(relaxation, columns, inside, left, limits, box=box or {})
        if made is None:
            return None
        bound += made[0]
        found.append({"of": _name(relaxation, columns), "tree": made[1]})
        for j in columns:
            single.pop(j, None)
    for j, value in single.items():
        low, high = box[j] if box and j in box else (0, relaxation.high[j])
        bound += value * (low if value > 0 else high)
    return Split(bound, {"prices": prices, "parts": found})


def _owners(relaxation: Relaxation, rows: Sequence[Row]) -> list[str | None]:
    """Return the lot that each column belongs to; ``None`` where it touches several or none."""
    owner = list(relaxation.owner)
    touching: dict[int, list[Row]] = {}
    for row in rows:
        for j in row.body.terms:
            if owner[j] is None:
                touching.setdefault(j, []).append(row)
    for j in sorted(touching):
        lots = {owner[k] for row in touching[j] for k in row.body.terms} - {None}
        if len(lots) == 1:
            owner[j] = lots.pop()
    return owner


def _price(row: Row, dual: float) -> Decimal:
    short = round(Decimal(f"{dual:.{_DIGITS - 1}e}"), _PLACES)
    return short if row.equal or short > 0 else Decimal(0)


def _parts(count: int, rows: Iterable[Row]) -> Iterable[tuple[list[int], list[Row]]]:
    """Yield the columns that rows tie together, with those rows; not those that none ties."""
    parent = list(range(count))

    def root(column: int) -> int:
        while parent[column] != column:
            parent[column] = parent[parent[column]]
            column = parent[column]
        return column

    known = [row for row in rows if row.body.terms]
    for row in known:
        first, *others = row.body.terms
        for other in others:
            parent[root(other)] = root(first)
    columns: dict[int, list[int]] = {}
    for column in range(count):
        columns.setdefault(root(column), []).append(column)
    inside: dict[int, list[Row]] = {}
    for row in known:
        inside.setdefault(root(next(iter(row.body.terms))), []).append(row)
    for part, own in inside.items():
        yield columns[part], own


def _part(
    relaxation: Relaxation,
    columns: Sequence[int],
    rows: Sequence[Row],
    cost: Linear,
    limits: Limits,
    *,
    box: Box,
) -> tuple[Fraction, dict[str, Any]] | None:
    """Return what one part's tree proves, and the tree; ``None`` where all of it is empty."""
    position = {column: k for k, column in enumerate(columns)}
    space = Space(
        [relaxation.names[j] for j in columns],
        [relaxation.high[j] for j in columns],
        [relaxation.whole[j] for j in columns],
    )
    own = Linear({position[j]: cost.terms[j] for j in columns if cost.terms.get(j)})
    inside = [Row(row.name, _renamed(row.body, position), row.equal) for row in rows]
    search = Search(space, inside, own, None, limits)
    search.box = {position[j]: box[j] for j in columns if j in box}
    root = search.run()
    bound = search.bound(root)
    if bound is None:
        return None
    return bound, search.written(root)


def _renamed(body: Linear, position: Mapping[int, int]) -> Linear:
    return Linear({position[j]: value for j, value in body.terms.items()}, body.constant)


def _name(relaxation: Relaxation, columns: Sequence[int]) -> str:
    """Return the part's name: its first lot, or its first column."""
    inside = set(columns)
    for (lot, t), short in relaxation.shortfall.items():
        if t == 0 and short in inside and lot not in relaxation.index:
            return lot
    return relaxation.names[columns[0]]


def split_leaves(
    search: Search, root: Node, relaxation: Relaxation, cost: Linear, limits: Limits
) -> None:
    """Split the lowest leaf of a tree, then the next, until the lowest is one already split.

    Parameters
    ----------
    search, root
        A tree that was searched.
    relaxation, cost
        What it is a tree of.
    limits
        For each part's tree.
    """
    leaves = [(leaf.value, k, leaf) for k, leaf in enumerate(search.leaves(root))]
    heapify(leaves)
    while leaves:
        value, k, leaf = heappop(leaves)
        if leaf.split is not None or leaf.solved is None or value >= search.cutoff:
            return
        leaf.split = split(relaxation, search.rows, cost, leaf.solved.duals, limits, box=leaf.box)
        if leaf.split is None:
            return
        heappush(leaves, (leaf.value, k, leaf))
