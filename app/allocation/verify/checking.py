"""Every statement of a result, held against what the verifier reckons itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.allocation.document import problem_sha256
from app.allocation.reading.collector import paused
from app.allocation.verify.amounts import Amounts
from app.allocation.verify.awarded import Awarded
from app.allocation.verify.claims import check_allocation
from app.allocation.verify.facts import Facts
from app.allocation.verify.feasibility import breaches
from app.allocation.verify.findings import Finding, Findings, shown

FORMAT = "jejaring.allocation-result/1"
STATUSES = ("optimal", "feasible", "infeasible", "unsolved", "cancelled")
_OF_ALLOCATION = ("stages", "cost", "allocations", "packages", "shortfalls", "rules", "complete")
_OF_ANY = ("format", "problem_sha256", "status", "conflict", "certificate", "solver")
FIELDS = frozenset((*_OF_ANY, *_OF_ALLOCATION, "charges", "discounts", "early", "excess"))


def verify(document: Mapping[str, Any], result: Mapping[str, Any]) -> list[Finding]:
    """Return everything in a result that does not hold; an empty list means that it holds.

    Parameters
    ----------
    document
        A problem without defects.
    result
        A result document, of whatever shape.

    Returns
    -------
    list of Finding
        Feasibility, every amount, stage value, tier, flow and rule, the hash, the status and
        the gaps are reckoned anew in exact arithmetic.
    """
    findings = Findings()
    with paused():
        _check(document, result, findings)
    return findings.found


def _check(document: Mapping[str, Any], result: Mapping[str, Any], findings: Findings) -> None:
    facts = Facts(document)
    _check_head(document, result, findings)
    status = result.get("status")
    if status == "infeasible":
        _check_conflict(facts, result, findings)
    elif "conflict" in result:
        findings.add("/conflict", "conflict", "Only an infeasible result names a conflict.")
    if status in ("infeasible", "unsolved") or (  # it may be unhashable
        status == "cancelled" and "allocations" not in result
    ):
        for name in _OF_ALLOCATION:
            if name in result:
                findings.add(f"/{name}", "allocation", f"A result that is {status} has no {name}.")
    else:
        check_allocation(facts, result, findings)


def _check_head(document: Mapping[str, Any], result: Mapping[str, Any], findings: Findings) -> None:
    if result.get("format") != FORMAT:
        findings.add("/format", "format", f"The format must be {FORMAT}.")
    if result.get("problem_sha256") != problem_sha256(document):
        findings.add("/problem_sha256", "problem_sha256", "This is a result of another problem.")
    if result.get("status") not in STATUSES:
        findings.add("/status", "status", "The status is none of the format's.")
    findings.fields(result, "", FIELDS)


def _check_conflict(facts: Facts, result: Mapping[str, Any], findings: Findings) -> None:
    stated = result.get("conflict")
    if not isinstance(stated, (list, tuple)) or not stated:
        findings.add("/conflict", "conflict", "An infeasible result names what conflicts.")
        return
    known = {name for name, rule in facts.rules.items() if "penalty" not in rule}
    for name in ("pins", "choices", "requires"):
        known.update(facts.by_id(name))
    for i, one in enumerate(stated):
        if not isinstance(one, str) or one not in known:
            why = f"{shown(one)} is nothing that can conflict, or is named twice."
            findings.add(f"/conflict/{i}", "conflict", why)
            continue
        known.remove(one)


@dataclass(frozen=True)
class Evaluated:
    """An allocation's stage values, and what it breaks (empty where it is allowed)."""

    stages: list[Fraction]
    breaches: list[str]
    amounts: Amounts


def evaluate(
    document: Mapping[str, Any],
    quantities: Mapping[str, Sequence[Fraction]],
    packages: Iterable[str] = (),
) -> Evaluated:
    """Return what an allocation amounts to and which limits and hard rules it breaks.

    Parameters
    ----------
    document
        A problem without defects.
    quantities
        One per period for each offer; offers without any may be left out.
    packages
        Accepted packages.
    """
    used = {name: tuple(row) for name, row in quantities.items() if any(row)}
    awarded = Awarded(Facts(document), used, frozenset(packages))
    amounts = Amounts(awarded)
    broken = [f"{code} {name}" for code, name, _ in breaches(awarded)]
    broken.extend(f"rule {name}" for name in amounts.broken)
    return Evaluated(amounts.stages, broken, amounts)
