"""The two measures of a frontier: weighted sums as in an objective, or a share of awards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.allocation import document as documents
from app.allocation.constraints.shares import amount
from app.allocation.document import DocumentError, defect
from app.allocation.evaluation import Evaluation
from app.allocation.explaining.changing import Document, fresh
from app.allocation.frame import Formulation
from app.allocation.linear import Linear
from app.allocation.measures import objective
from app.allocation.reading.numbers import NumberError, exact
from app.allocation.reading.values import Json
from app.allocation.rulework import measured
from app.allocation.verify.checking import Evaluated

SHARE = "share"
_FIELDS = ("measure", "weight", "basis", "scope", "select")
Axis = str | Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Sum:
    """A weighted sum of measures: a stage, counted from the end (-1 is the last)."""

    stage: int

    def value(self, best: Evaluation) -> Fraction:
        """Return the value of an allocation."""
        return best.stage(best.problem.objective[self.stage])

    def reckoned(self, found: Evaluated) -> Fraction:
        """Return the same by the verifier's reckoning."""
        return found.stages[self.stage]

    def bodies(self, made: Formulation) -> tuple[Linear, Linear | None]:
        """Return the measure as an expression; it is part of nothing."""
        return objective(made, made.problem.objective[self.stage]), None


@dataclass(frozen=True)
class Share:
    """A part of the value or quantity awarded, times a weight, as a rule without limits counts it.

    Nothing awarded has no share: a search leaves allocations without any out.
    """

    rule: str
    weight: Fraction

    def value(self, best: Evaluation) -> Fraction:
        """Return the value of an allocation."""
        (cell,) = next(one.cells for one in best.rules if one.id == self.rule)
        return self._of(cell.selected, cell.base)

    def reckoned(self, found: Evaluated) -> Fraction:
        """Return the same by the verifier's reckoning."""
        (cell,) = found.amounts.rules[self.rule]
        return self._of(cell.selected, cell.base)

    def _of(self, selected: Fraction, base: Fraction | None) -> Fraction:
        return self.weight * selected / (base or 1)

    def bodies(self, made: Formulation) -> tuple[Linear, Linear | None]:
        """Return what is selected, times the weight, and what it is a part of."""
        rule = next(one for one in made.problem.rules if one.id == self.rule)
        (cell,) = measured(made.problem, rule)
        selected = amount(made, rule.measure or "", cell.held[0].selected)
        return selected.times(self.weight), amount(made, rule.measure or "", cell.base)


Measure = Sum | Share


def read_axes(
    document: Document, axes: tuple[Axis, Axis]
) -> tuple[dict[str, Any], list[list[Mapping[str, Any]]], tuple[Measure, Measure]]:
    """Return the problem to search over, the terms of both axes, and their measures.

    Parameters
    ----------
    document
        A problem; its objective is replaced.
    axes
        The name of a measure, or a list of terms as a stage has them. The measure ``share`` stands
        alone: ``[{"measure": "share", "select": {…}, "scope": {…}, "basis": "value"}]`` is what the
        awards that ``select`` selects have of those in ``scope`` (by default of all), by ``value``
        (the default) or ``quantity``.

    Raises
    ------
    DocumentError
        If the problem has defects, an axis is no measure of it, or both are shares.
    """
    stated: list[list[Mapping[str, Any]]] = [
        [{"measure": axis}] if isinstance(axis, str) else list(axis) for axis in axes
    ]
    shares = [any(term.get("measure") == SHARE for term in terms) for terms in stated]
    if all(shares):
        raise _wrong("at most one share beside another measure")
    sums = [terms for terms, share in zip(stated, shares, strict=True) if not share]
    changed = {**document, "objective": [{"terms": terms} for terms in sums]}
    found: list[Measure] = [Sum(-2), Sum(-1)]
    if any(shares):
        documents.read(document)
        share, rule = _share(document, stated[shares.index(True)])
        changed["rules"] = [*document.get("rules", ()), rule]
        found = [share if one else Sum(-1) for one in shares]
    documents.read(changed)
    return changed, stated, (found[0], found[1])


def _share(document: Document, terms: Sequence[Mapping[str, Any]]) -> tuple[Share, dict[str, Any]]:
    """Return a share, and the rule without limits that counts it."""
    if len(terms) != 1 or set(terms[0]) - set(_FIELDS):
        raise _wrong(f"a share alone, of the fields {', '.join(_FIELDS)}")
    term = terms[0]
    rule = {
        "id": fresh(document, SHARE),
        "kind": "share",
        "measure": term.get("basis", "value"),
        **{name: term[name] for name in ("scope", "select") if name in term},
    }
    return Share(rule["id"], _weight(term.get("weight", 1))), rule


def _weight(stated: Json) -> Fraction:
    try:
        weight = Fraction(exact(stated))
    except NumberError:
        weight = Fraction(0)
    if not weight:
        raise _wrong("a weight other than 0")
    return weight


def parsed_axis(text: str) -> Axis:
    """Return the axis that a command line states.

    Parameters
    ----------
    text
        The name of a measure; ``share:firm_sizes=micro,small`` (conditions of a scope, parted by
        ``;``) or ``share:{…}`` (a scope as JSON); with ``-`` before it, more of it is better.
    """
    weight = "-1" if text.startswith("-") else "1"
    name = text.removeprefix("-")
    if not name.startswith(f"{SHARE}:"):
        return name if weight == "1" else [{"measure": name, "weight": weight}]
    stated = name.removeprefix(f"{SHARE}:")
    if stated.startswith("{"):
        select: Json = documents.parse(stated.encode())
    else:
        pairs = (one.partition("=") for one in stated.split(";"))
        select = {field: names.split(",") for field, _, names in pairs}
    return [{"measure": SHARE, "select": select, "weight": weight}]


def _wrong(expected: str) -> DocumentError:
    return DocumentError([defect("/objective", "wrong_type", expected=expected)])
