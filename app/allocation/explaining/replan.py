"""A new plan that moves as little as possible: least change from a reference, then cost."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from app.allocation import document as documents
from app.allocation.document import decimal_text
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
from app.allocation.options import Options, ShouldStop

_LEAST_CHANGE = ({"terms": [{"measure": "change"}]}, {"terms": [{"measure": "cost"}]})


def replan(
    document: Document,
    reference: Mapping[str, Any],
    options: Options,
    *,
    failed: Sequence[str] = (),
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
    on_step, should_stop, solve
        As in ``Asking``.

    Returns
    -------
    dict
        ``problem``: the problem that was solved; ``result``: its verified result; ``stages``: what
        is known of the least shortfall, the least change given that, and the least cost given
        both; ``moves``: each offer and package whose award differs, before and after; ``gone``:
        what the reference holds and the problem no longer does.

    Raises
    ------
    DocumentError
        If the document has defects, or a failed firm is unknown.
    """
    documents.read(document)
    known(document, ("firms",), failed, "firm")
    changed, gone = replanned(document, reference, failed)
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
        "moves": list(_moves(answer)),
        "gone": gone,
    }
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


def _moves(answer: Answer) -> Iterator[dict[str, Any]]:
    if answer.best is None:
        return
    after = plan_of_result(answer.result)
    problem: Problem = answer.problem
    none = (Fraction(0),) * len(problem.periods)
    for name in problem.offers:
        then = tuple(map(Fraction, problem.reference.quantities.get(name, none)))
        now = after.quantities.get(name, none)
        if then != now:
            yield {"offer": name, "before": _texts(then), "after": _texts(now)}
    for name in problem.packages:
        was, stays = name in problem.reference.packages, name in after.packages
        if was != stays:
            yield {"package": name, "before": was, "after": stays}


def _texts(quantities: Sequence[Fraction]) -> list[str]:
    return [decimal_text(amount) for amount in quantities]
