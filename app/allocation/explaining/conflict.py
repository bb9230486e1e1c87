"""A conflict: rules, pins, choices and requires that cannot hold together, none too many."""

from collections.abc import Mapping
from typing import Any

from app.allocation import document as documents
from app.allocation.explaining.asking import Answer, Asking, Document, OnStep, Solve, explained
from app.allocation.explaining.changing import kinds, without
from app.allocation.options import Options, ShouldStop


def conflict(
    document: Document,
    options: Options,
    *,
    known_result: Mapping[str, Any] | None = None,
    on_step: OnStep | None = None,
    should_stop: ShouldStop | None = None,
    solve: Solve | None = None,
) -> dict[str, Any]:
    """Return a set of rules, pins, choices and requires that cannot hold together.

    Parameters
    ----------
    document
        A problem.
    options
        The limit is for all solves together.
    known_result
        The problem's own result, where there is one already.
    on_step, should_stop, solve
        As in ``Asking``.

    Returns
    -------
    dict
        ``status``: ``infeasible``, ``possible`` (there is no conflict) or ``unknown``;
        ``conflict``: one entry each with ``id``, ``kind`` and ``needed``: true where the others
        were proven to hold together without it, ``None`` where that was cut short; ``minimal``:
        whether all are needed.

    Raises
    ------
    DocumentError
        If the document has defects.
    AllocationFailed
        If the known result does not hold.

    Notes
    -----
    A deletion filter (Chinneck and Dravnieks, 1991): each is left out in turn and stays out where
    the rest still cannot hold together. Demand, capacities and offers never stand in a conflict:
    an allocation may leave everything open.
    """
    asking = Asking(options, on_step, should_stop, solve)
    if known_result is None:
        asking.expect(1)
        first = asking.ask("all together", _whether_possible(document))
    else:
        first = asking.known(document, known_result)
    kept = [str(one) for one in first.result.get("conflict", ())]
    needed: dict[str, bool | None] = {}
    words = kinds(document)
    asking.expect(len(kept))
    for candidate in tuple(kept):
        out = [one for one in words if one not in kept or one == candidate]
        tried = asking.ask(f"without {candidate}", _whether_possible(without(document, *out)))
        if tried.infeasible:
            kept.remove(candidate)
        else:
            needed[candidate] = True if tried.best is not None else None
    entries = [{"id": one, "kind": words[one], "needed": needed[one]} for one in kept]
    found = {
        "status": _status(first),
        "conflict": entries,
        "minimal": bool(entries) and all(one["needed"] for one in entries),
    }
    return explained("conflict", document, asking, found)


def _status(first: Answer) -> str:
    if first.infeasible:
        return "infeasible"
    return "possible" if first.best is not None else "unknown"


def _whether_possible(document: Document) -> dict[str, Any]:
    """Return the problem with nothing to minimise: its first allocation answers the question."""
    documents.read(document)
    return {
        **document,
        "lots": [{**lot, "shortfall_cost": "0"} for lot in document["lots"]],
        "objective": [{"terms": [{"measure": "order", "weight": "0"}]}],
    }
