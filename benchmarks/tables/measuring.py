"""Solves an instance, verifies the answer once more and holds it against what is known."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.allocation import AllocationFailed, Options, solve
from app.allocation import document as documents
from app.allocation.certificate import certify
from app.allocation.check_certificate import check
from app.allocation.verify import verify
from benchmarks.instances.instance import Instance, text

# Values and bounds are written with 12 decimals.
_WRITTEN = Fraction(1, 10**9)


@dataclass(frozen=True)
class Measured:
    """One line of the table.

    Parameters
    ----------
    status
        The result's; ``incomplete`` for an allocation that leaves a demand open which the problem
        wants filled; ``failed`` with the reason in ``failure``.
    value, bound
        Of the last stage, in the published sense; ``None`` where there is no answer.
    gap
        The result's own, of the last stage.
    certified
        The same from the certificate's bound, once the stand-alone checker has passed it; 0 for
        a certified infeasibility; ``None`` without a certificate.
    """

    instance: Instance
    status: str
    seconds: float
    engine: str = ""
    verified: bool = False
    value: Fraction | None = None
    bound: Fraction | None = None
    gap: Fraction | None = None
    certified: Fraction | None = None
    failure: str = ""

    @property
    def agrees(self) -> bool:
        """Whether the answer holds and what is proven does not contradict what is known.

        Both sides say between what the optimum lies. They agree where a number is in both: of two
        proven optima this asks that they are equal.
        """
        known = self.instance.known
        if not self.verified:
            return False
        if known is None or self.status == "unsolved":
            return True
        if known.infeasible or self.status == "infeasible":
            return known.infeasible and self.status == "infeasible"
        if self.value is None or self.bound is None:
            return True
        low, high = known.interval()
        return min(self.value, self.bound) <= high and max(self.value, self.bound) >= low


def measure(
    instance: Instance, options: Options, budget: int = 0, patience: float = 20
) -> Measured:
    """Solve one instance within the options' limits, and certify the answer.

    Parameters
    ----------
    instance, options
        What is solved, and how far.
    budget, patience
        Of the certificate: linear programs of each tree (0: there is none), and seconds in all.
    """
    # As a file would give it: nothing of the reader's own objects reaches the optimizer.
    document = documents.parse(json.dumps(instance.build()).encode())
    began = time.perf_counter()
    try:
        result = solve(document, options)
    except AllocationFailed as error:
        return Measured(instance, "failed", time.perf_counter() - began, failure=str(error))
    seconds = time.perf_counter() - began
    failures = [f"{one.pointer}: {one.detail}" for one in verify(document, result)]
    certified = None
    try:
        certified = _certified(document, result, budget, patience)
    except (ValueError, RecursionError) as error:
        failures.append(f"the certificate: {error}")
    return Measured(
        instance,
        _status(result),
        seconds,
        engine=_engines(result),
        verified=not failures,
        certified=certified,
        failure="; ".join(failures),
        **_answer(instance, result),
    )


def _certified(
    document: Mapping[str, Any], result: Mapping[str, Any], budget: int, patience: float
) -> Fraction | None:
    """Return the gap that a certificate proves to the stand-alone checker."""
    if not budget:
        return None
    ends = time.monotonic() + patience
    certificate = certify(
        document, result, budget_nodes=budget, should_stop=lambda: time.monotonic() > ends
    )
    if not certificate["stages"]:
        return None
    said = json.dumps([document, {**result, "certificate": certificate}], default=str)
    check(*json.loads(said, parse_float=str, parse_int=str))
    if result["status"] == "infeasible":
        return Fraction(0)
    value = Fraction(result["stages"][-1]["value"])
    bound = Fraction(certificate["stages"][-1]["bound"])
    return (value - bound) / (abs(value) or 1)


def _answer(instance: Instance, result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the last stage in the published sense, if the answer is one to the problem."""
    if not result.get("stages") or _incomplete(result):
        return {}
    last = result["stages"][-1]
    return {
        "value": instance.published(Fraction(last["value"])),
        "bound": instance.published(Fraction(last["bound"])),
        "gap": Fraction(last["gap"]),
    }


def _status(result: Mapping[str, Any]) -> str:
    return "incomplete" if _incomplete(result) else str(result["status"])


def _incomplete(result: Mapping[str, Any]) -> bool:
    """Whether a demand is open that has to be filled: only then there is a stage 0."""
    return len(result.get("stages", ())) > 1 and not result["complete"]


def _engines(result: Mapping[str, Any]) -> str:
    solver = result["solver"]
    names = dict.fromkeys(step["engine"] for step in solver["steps"])
    return f"{'; '.join(names) or solver['name']} {solver['version']}"


def cells(one: Measured) -> list[str]:
    """Return the line's cells: instance, known, ours, both gaps, seconds, engine, verified."""
    return [
        one.instance.name.partition("/")[2],
        _known(one.instance),
        one.status if one.value is None else text(one.value),
        _gap(one),
        _percent(one.certified),
        f"{one.seconds:.1f}",
        one.engine or "–",
        ("yes" if one.verified else "NO") + ("" if one.agrees else ", CONTRADICTS"),
    ]


def _known(instance: Instance) -> str:
    known = instance.known
    if known is None:
        return "–"
    if known.value is None:
        return "infeasible"
    best = text(known.value)
    return best if known.bound is None else f"{text(known.bound)} … {best}"


def _gap(one: Measured) -> str:
    if one.status in {"optimal", "infeasible"}:
        return "proven"
    return _percent(one.gap)


def _percent(gap: Fraction | None) -> str:
    """Return a gap; one that only the certificate's 12 decimals leave is none."""
    if gap is None:
        return "–"
    return "proven" if gap < _WRITTEN else f"{text(round(100 * gap, 2))} %"
