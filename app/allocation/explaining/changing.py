"""Changes to a problem document that ask a question: without, forced, lifted, shortened."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from app.allocation.document import DocumentError, defect
from app.allocation.elements import Problem

Document = Mapping[str, Any]
# What an allocation must keep and could do without: list, and the word for one of it.
BINDING = {"rules": "rule", "pins": "pin", "choices": "choice", "requires": "require"}
_ONE_ID_SPACE = (*BINDING, "charges", "discounts", "adjustments")
_COST = ({"terms": [{"measure": "cost"}]},)


def kinds(document: Document) -> dict[str, str]:
    """Return the word for each rule, pin, choice and require, by id, in document order."""
    return {one["id"]: word for name, word in BINDING.items() for one in document.get(name, ())}


def known(document: Document, names: tuple[str, ...], ids: Iterable[str], kind: str) -> None:
    """See that every id stands in one of some lists.

    Raises
    ------
    DocumentError
        With one defect for each that does not.
    """
    there = {one["id"] for name in names for one in document.get(name, ())}
    missing = [defect("", "unknown_id", kind=kind, id=one) for one in ids if one not in there]
    if missing:
        raise DocumentError(missing)


def without(document: Document, *ids: str) -> dict[str, Any]:
    """Return the problem without some rules, pins, choices or requires."""
    lists = {
        name: [one for one in document[name] if one["id"] not in ids]
        for name in BINDING
        if name in document
    }
    return {**document, **lists}


def fresh(document: Document, stem: str) -> str:
    """Return an id like ``stem`` that no rule, pin, charge or the like has."""
    taken = {one["id"] for name in _ONE_ID_SPACE for one in document.get(name, ())}
    name, k = stem, 1
    while name in taken:
        name, k = f"{stem}-{k}", k + 1
    return name


def pinned(document: Document, source: str, *, used: bool) -> dict[str, Any]:
    """Return the problem with an offer or package forced in, or kept out, by one pin more."""
    name = fresh(document, f"pin {source}")
    pin: dict[str, Any] = {"id": name, "package": source, "accept": used}
    if any(one["id"] == source for one in document.get("offers", ())):
        # Any minimum above 0 makes an offer used; this one is below every step.
        pin = {"id": name, "offer": source, "min": "0." + "0" * 29 + "1"}
        if not used:
            pin = {"id": name, "offer": source, "max": "0"}
    return {**document, "pins": [*document.get("pins", ()), pin]}


def changed(
    document: Document, name: str, one_id: str, fields: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the problem with fields of one entry of a list set; ``None`` takes a field away."""

    def of(entry: Document) -> Document:
        if entry["id"] != one_id:
            return entry
        merged = {**entry, **fields}
        return {key: value for key, value in merged.items() if value is not None}

    return {**document, name: [of(entry) for entry in document[name]]}


def started(document: Document, result: Document | None) -> Document:
    """Return the problem with an allocation to start from as its reference.

    Only where no stage measures the change against it: there a reference means nothing else.
    """
    stages = document.get("objective", _COST)
    if result is None or any(t["measure"] == "change" for one in stages for t in one["terms"]):
        return document
    reference = {
        "allocations": [
            {"offer": one["offer"], "quantities": one["quantities"]}
            for one in result["allocations"]
        ],
        "packages": result["packages"],
    }
    return {**document, "reference": reference}


def through(document: Document, stage: int) -> dict[str, Any]:
    """Return the problem whose objective ends with a stage: later ones cannot change it."""
    return {**document, "objective": list(document.get("objective", _COST)[: stage + 1])}


def tolerances(problem: Problem) -> list[Fraction]:
    """Return the tolerance of each of a result's stages, stage 0 included where there is one."""
    first = any(lot.shortfall_cost is None for lot in problem.lots.values())
    return [Fraction(0)] * first + [Fraction(stage.tolerance) for stage in problem.objective]


def stage_count(document: Document) -> int:
    """Return the number of a result's stages, from a sound document as it stands."""
    first = any("shortfall_cost" not in lot for lot in document["lots"])
    return first + len(document.get("objective", _COST))


def money_stage(problem: Problem) -> tuple[int, Fraction] | None:
    """Return the first stage of the objective in which cost counts, and its weight.

    ``None`` where there is none, or where cost is welcome in it.
    """
    for k, stage in enumerate(problem.objective):
        weight = sum((Fraction(w) for name, w in stage.terms if name == "cost"), Fraction(0))
        if weight:
            return (k, weight) if weight > 0 else None
    return None


def up_to_money(document: Document, problem: Problem) -> dict[str, Any]:
    """Return the problem whose objective ends where cost counts, or all of it."""
    money = money_stage(problem)
    return dict(document) if money is None else through(document, money[0])
