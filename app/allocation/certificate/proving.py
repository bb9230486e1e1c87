"""From a problem and its verified result to a certificate of the result's bounds."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.allocation import document as documents
from app.allocation.certificate.exact import floor_text
from app.allocation.certificate.measures import Stage, relaxed
from app.allocation.certificate.relaxation import NameTakenError, Relaxation, Row
from app.allocation.certificate.search import Limits, Search
from app.allocation.conflicts import only

# What a value that is written with 12 decimals may have lost.
ROUNDED = Fraction(5, 10**13)
BUDGET = 200


def certify(
    document: Mapping[str, Any],
    result: Mapping[str, Any],
    *,
    budget_nodes: int = BUDGET,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Return a certificate of a result, as docs/certificate.md describes it.

    Parameters
    ----------
    document
        A problem without defects.
    result
        A verified result of it.
    budget_nodes
        How many linear programs each stage's tree may consist of; those that only help to choose
        the next branch do not count.
    should_stop
        Asked before each branch: once it is true, what is proven so far is written down.

    Returns
    -------
    dict
        ``{"stages": […]}``; without stages where nothing can be proven: the result has neither
        an allocation nor a conflict, the budget did not suffice to show a conflict, or two ids
        make the same name.
    """
    problem = documents.read(document)
    limits = Limits(budget_nodes, should_stop)
    try:
        if result["status"] == "infeasible":
            relaxation, _ = relaxed(only(problem, result["conflict"]))
            return {"stages": _conflict(relaxation, limits)}
        if not result.get("stages"):
            return {"stages": []}
        relaxation, stages = relaxed(problem)
    except NameTakenError:
        return {"stages": []}
    rows = list(relaxation.rows.values())
    proven = []
    for k, (stage, stated) in enumerate(zip(stages, result["stages"], strict=True)):
        value = Fraction(Decimal(stated["value"]))
        proven.append(_stage(relaxation, rows, stage, value, limits))
        limit = value + stage.tolerance * abs(value) + ROUNDED
        rows.append(Row(f"stage[{k}]", stage.cost.times(-1).plus(limit), equal=False))
    return {"stages": proven}


def _stage(
    relaxation: Relaxation, rows: list[Row], stage: Stage, value: Fraction, limits: Limits
) -> dict[str, Any]:
    search = Search(relaxation, list(rows), stage.cost, value, limits)
    root = search.run()
    bound = search.bound(root)
    if bound is None or bound > value:
        # Above the value by what rounding the value lost, or not at all.
        bound = value
    return {"bound": floor_text(bound), "tree": search.written(root)}


def _conflict(relaxation: Relaxation, limits: Limits) -> list[dict[str, Any]]:
    search = Search(relaxation, list(relaxation.rows.values()), None, None, limits)
    root = search.run()
    if search.bound(root) is not None:
        return []
    return [{"tree": search.written(root)}]
