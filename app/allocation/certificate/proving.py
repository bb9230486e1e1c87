"""From a problem and its verified result to a certificate of the result's bounds."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.allocation import document as documents
from app.allocation.certificate.exact import Exact, floor_text
from app.allocation.certificate.large import solve_large
from app.allocation.certificate.measures import Stage, relaxed
from app.allocation.certificate.relaxation import NameTakenError, Relaxation, Row, StoppedError
from app.allocation.certificate.search import Limits, Search, texts
from app.allocation.certificate.splitting import split, split_leaves
from app.allocation.conflicts import only
from app.allocation.linear import Linear
from app.allocation.options import OnProgress, ShouldStop
from app.allocation.progress import Clock

# What a value that is written with 12 decimals may have lost.
ROUNDED = Fraction(5, 10**13)
BUDGET = 200
# A linear program of more coefficients is solved once: there is no tree over all of it.
LARGE = 30_000


def certify(
    document: Mapping[str, Any],
    result: Mapping[str, Any],
    *,
    budget_nodes: int = BUDGET,
    should_stop: ShouldStop | None = None,
    on_progress: OnProgress | None = None,
) -> dict[str, Any]:
    """Return a certificate of a result, as docs/certificate.md describes it.

    Parameters
    ----------
    document
        A problem without defects.
    result
        A verified result of it.
    budget_nodes
        How many linear programs each tree may consist of, a stage's and each part's of a split;
        those that only help to choose the next branch do not count.
    should_stop
        Asked all the time: once it is true, what is proven so far is written down.
    on_progress
        Told about once a second which stage is worked on, with its value and the engine's bound.

    Returns
    -------
    dict
        ``{"stages": […]}``; without stages where nothing can be proven: the result has neither
        an allocation nor a conflict, the budget did not suffice to show a conflict, or two ids
        make the same name.
    """
    problem = documents.read(document)
    clock = Clock(on_progress, should_stop)
    try:
        if result["status"] == "infeasible":
            relaxation, _ = relaxed(only(problem, result["conflict"]), clock.asked_to_stop)
            return {"stages": _conflict(relaxation, Limits(budget_nodes, clock.asked_to_stop))}
        if not result.get("stages"):
            return {"stages": []}
        relaxation, stages = relaxed(problem, clock.asked_to_stop)
    except (NameTakenError, StoppedError):
        return {"stages": []}
    rows = list(relaxation.rows.values())
    proven = []
    for k, (stage, stated) in enumerate(zip(stages, result["stages"], strict=True)):
        value = Fraction(Decimal(stated["value"]))
        limits = Limits(budget_nodes, _watched(clock, k, stated))
        proven.append(_stage(relaxation, rows, stage, value, limits))
        limit = value + stage.tolerance * abs(value) + ROUNDED
        rows.append(Row(f"stage[{k}]", stage.cost.times(-1).plus(limit), equal=False))
    return {"stages": proven}


def _watched(clock: Clock, k: int, stated: Mapping[str, Any]) -> Callable[[], bool]:
    """Return what tells of a stage, now and then, and whether to stop."""
    look = clock.watch(k)
    value, bound = (Fraction(Decimal(stated[name])) for name in ("value", "bound"))
    return lambda: look(value, bound)


def _stage(
    relaxation: Relaxation, rows: list[Row], stage: Stage, value: Fraction, limits: Limits
) -> dict[str, Any]:
    """Return what a tree proves of a stage, whose lowest leaves are split where it stays open."""
    if sum(len(row.body.terms) for row in rows) > LARGE:
        bound, tree = _leaf(relaxation, rows, stage.cost, limits)
    else:
        search = Search(relaxation.space, list(rows), stage.cost, value, limits)
        root = search.run()
        if limits.nodes > 1:
            split_leaves(search, root, relaxation, stage.cost, limits)
        bound, tree = search.bound(root), search.written(root)
    if bound is None or bound > value:
        # Above the value by what rounding the value lost, or not at all.
        bound = value
    return {"bound": floor_text(bound), "tree": tree}


def _leaf(
    relaxation: Relaxation, rows: list[Row], cost: Linear, limits: Limits
) -> tuple[Fraction | None, dict[str, Any]]:
    """Return what a leaf of a large linear program proves, or a split at its duals."""
    solved = solve_large(relaxation.space, rows, cost, limits.should_stop)
    duals = [] if solved is None else solved.duals
    proof = Exact(relaxation.space, rows, cost).prove(duals, {}, None)
    if duals and limits.nodes > 1:
        parted = split(relaxation, rows, cost, duals, limits)
        if parted is not None and parted.bound > proof.bound:
            return parted.bound, parted.node
    return proof.bound, {"duals": texts(proof)}


def _conflict(relaxation: Relaxation, limits: Limits) -> list[dict[str, Any]]:
    search = Search(relaxation.space, list(relaxation.rows.values()), None, None, limits)
    root = search.run()
    if search.bound(root) is not None:
        return []
    return [{"tree": search.written(root)}]
