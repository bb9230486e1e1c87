"""A new plan that moves as little as possible: least change from a reference, then cost."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from app.allocation import document as documents
from app.allocation.document import DocumentError, decimal_text, defect
from app.allocation.elements import Problem
from app.allocation.explaining.asking import (
    Answer,
    Asking,
    Document,
    OnStep,
    Solve,
    explained,
    stage_names,
)
from app.allocation.explaining.asking import plan_of as plan_of_result
from app.allocation.explaining.changing import known, pinned
from app.allocation.explaining.frozen import frozen, listed
from app.allocation.options import Options, ShouldStop

_LEAST_CHANGE = ({"terms": [{"measure": "change"}]}, {"terms": [{"measure": "cost"}]})


def replan(
    document: Document,
    reference: Mapping[str, Any],
    options: Options,
    *,
    failed: Sequence[str] = (),
    frozen_until: str | None = None,
    on_step: OnStep | None = None,
    should_stop: ShouldStop | None = None,
    solve: Solve | None = None,
) -> dict[str, Any]:
    """Return the allocation that changes least from an earlier one, and is the cheapest of those.

    Parameters
    ----------
    document
        The problem as it stands now: new demands, capacities, rules.
    reference
        The result (or the ``reference``) to start from. What it holds of offers and packages that
        are no longer there is left out.
    options
        How long to search.
    failed
        Firms that deliver nothing any more: what they would work on is kept out.
    frozen_until
        The last period that lies behind: what the reference delivers up to it is kept as it is, and
        nothing else is delivered in those periods. See ``frozen``.
    on_step, should_stop, solve
        As in ``Asking``.

    Returns
    -------
    dict
        ``problem``: the problem that was solved; ``result``: its verified result; ``stages``: what
        is known of the least shortfall, the least change given that, and the least cost given
        both; ``moves``: each offer and package whose award differs, before and after; ``gone``:
        what the reference holds and the problem no longer does. With ``frozen_until`` also
        ``delivered``: by offer the id under which problem and result state its deliveries made.

    Raises
    ------
    DocumentError
        If the document has defects, a failed firm or the period is unknown, or an offer that
        delivered is no longer in the problem.
    """
    problem = documents.read(document)
    known(document, ("firms",), failed, "firm")
    changed, gone = replanned(document, reference, failed)
    kept: Mapping[str, str] = {}
    if frozen_until is not None:
        _see_that_none_is_gone(problem, reference, gone, frozen_until)
        changed, kept = frozen(problem, changed, changed["reference"], frozen_until)
    asking = Asking(options, on_step, should_stop, solve)
    asking.expect(1)
    answer = asking.ask("least change", changed)
    found = {
        "problem": changed,
        "result": answer.result,
        "stages": [
            {"stage": _WORDS.get(name, name), **stage.document()}
            for name, stage in zip(stage_names(answer.problem), answer.stages, strict=True)
        ],
        "moves": list(_moves(answer, problem, kept)),
        "gone": gone,
    }
    if frozen_until is not None:
        found["delivered"] = dict(kept)
    return explained("replan", document, asking, found)


_WORDS = {"objective 0": "change", "objective 1": "cost"}


def replanned(
    document: Document, reference: Mapping[str, Any], failed: Sequence[str] = ()
) -> tuple[dict[str, Any], list[str]]:
    """Return the problem of least change, and what of the reference is no longer offered."""
    problem = documents.read(document)
    offers = [one for one in reference.get("allocations", ()) if one["offer"] in problem.offers]
    packages = [one for one in reference.get("packages", ()) if one in problem.packages]
    before = {
        "allocations": [{key: one[key] for key in ("offer", "quantities")} for one in offers],
        "packages": packages,
    }
    changed: dict[str, Any] = {
        **document,
        "objective": list(_LEAST_CHANGE),
        "reference": before,
    }
    for source in problem.sources:
        if any(source.workshare.get(firm) for firm in failed):
            changed = pinned(changed, source.id, used=False)
    kept = {one["offer"] for one in offers} | set(packages)
    named = [one["offer"] for one in reference.get("allocations", ())]
    named += list(reference.get("packages", ()))
    return changed, [one for one in named if one not in kept]


def _see_that_none_is_gone(
    problem: Problem, reference: Mapping[str, Any], gone: Sequence[str], until: str
) -> None:
    """See that whatever delivered is still in the problem: what it delivered is of some demand."""
    count = problem.periods.index(until) + 1 if until in problem.periods else 0
    missing = [
        defect(f"/reference/allocations/{i}/offer", "unknown_id", kind="offer", id=one["offer"])
        for i, one in enumerate(reference.get("allocations", ()))
        if one["offer"] in gone and any(map(Fraction, listed(one["quantities"])[:count]))
    ]
    if missing:
        raise DocumentError(missing)


def _moves(answer: Answer, problem: Problem, kept: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield each offer and package whose award differs; deliveries made are put to their offer."""
    if answer.best is None:
        return
    after = plan_of_result(answer.result)
    before = answer.problem.reference
    none = (Fraction(0),) * len(problem.periods)
    for name in problem.offers:
        names = (name, kept[name]) if name in kept else (name,)
        then = _added([tuple(map(Fraction, before.quantities.get(n, none))) for n in names])
        now = _added([after.quantities.get(n, none) for n in names])
        if then != now:
            yield {"offer": name, "before": _texts(then), "after": _texts(now)}
    for name in problem.packages:
        was, stays = name in before.packages, name in after.packages
        if was != stays:
            yield {"package": name, "before": was, "after": stays}


def _added(rows: Sequence[Sequence[Fraction]]) -> tuple[Fraction, ...]:
    return tuple(sum(column, Fraction(0)) for column in zip(*rows, strict=True))


def _texts(quantities: Sequence[Fraction]) -> list[str]:
    return [decimal_text(amount) for amount in quantities]
