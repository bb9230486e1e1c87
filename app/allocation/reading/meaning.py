"""Checks that need the meaning of scopes: units that are added up, item values, scores."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from app.allocation.elements import Adjustment, Package, Problem, Rule
from app.allocation.reading.defects import Defect, defect, pointer
from app.allocation.scopes import Award, Selection

SCORE = "score:"
MEASURES = ("cost", "winners", "change", "peak_load", "order", "adjustment")


class Places:
    """Where each element of the problem stands in the document."""

    def __init__(self, tree: Mapping[str, Any]) -> None:
        self.tree = tree

    @cached_property
    def at(self) -> dict[tuple[str, str], str]:
        """Pointers by list and id; asked for only where something is wrong."""
        return {
            (name, entry["id"]): f"/{name}/{i}"
            for name in ("offers", "packages", "rules", "adjustments")
            for i, entry in enumerate(self.tree.get(name, ()))
            if entry is not None and "id" in entry
        }


def check(problem: Problem, tree: Mapping[str, Any]) -> Iterator[Defect]:
    """Yield what a rule, an adjustment or the objective asks of awards that they do not have."""
    places = Places(tree)
    one_unit = len({lot.unit for lot in problem.lots.values()}) <= 1
    valued: dict[str, str] = {}
    for rule in problem.rules:
        if rule.measure == "quantity" and rule.per != "lot" and not one_unit:
            yield from _one_unit(problem, rule, places.at["rules", rule.id] + "/measure")
        if rule.measure == "value":
            _note_valued(problem, rule, valued)
    for adjustment in problem.adjustments:
        if adjustment.per_unit and not one_unit:
            at = places.at["adjustments", adjustment.id] + "/per_unit"
            yield from _one_unit(problem, adjustment, at)
        if adjustment.percent:
            _note_valued(problem, adjustment, valued)
    for name, why in valued.items():
        package, at = problem.packages[name], places.at["packages", name]
        for k, item in enumerate(package.items):
            if item.value is None:
                yield defect(f"{at}/items/{k}/value", "item_value_missing", rule=why)
    yield from _scores(problem, tree, places)


def _one_unit(problem: Problem, rule: Rule | Adjustment, at: str) -> Iterator[Defect]:
    units: set[str] = set()
    for award in Selection(problem, rule.scope).awards():
        units.update(problem.lots[lot].unit for lot in _lots(award) if lot in problem.lots)
    if len(units) > 1:
        yield defect(at, "units_differ", units=", ".join(sorted(units)))


def _lots(award: Award) -> Iterator[str]:
    if isinstance(award.source, Package):
        yield from award.lots or (item.lot for item in award.source.items)
    else:
        yield award.source.lot


def _note_valued(problem: Problem, rule: Rule | Adjustment, valued: dict[str, str]) -> None:
    """Note the packages of which the rule counts single items by value."""
    if not problem.packages:
        return
    selections = [Selection(problem, rule.scope)]
    by_lot = isinstance(rule, Rule) and rule.per == "lot"
    if isinstance(rule, Rule):
        selections.append(Selection(problem, rule.scope, rule.select))
    for selection in selections:
        if selection.by_lot or by_lot:
            for award in selection.packages():
                valued.setdefault(award.source.id, rule.id)


def _scores(problem: Problem, tree: Mapping[str, Any], places: Places) -> Iterator[Defect]:
    asked: dict[str, None] = {}
    for i, stage in enumerate(tree.get("objective", ())):
        for k, term in enumerate((stage or {}).get("terms", ())):
            measure = (term or {}).get("measure")
            if measure is None or measure in MEASURES:
                continue
            if measure.startswith(SCORE) and len(measure) > len(SCORE):
                asked[measure.removeprefix(SCORE)] = None
                continue
            at = pointer("objective", i, "terms", k, "measure")
            allowed = ", ".join((*MEASURES, SCORE + "<name>"))
            yield defect(at, "not_one_of", value=measure, allowed=allowed)
    for kind, sources in (("offers", problem.offers), ("packages", problem.packages)):
        for source in sources.values():
            for name in asked:
                if name not in source.scores:
                    at = places.at[kind, source.id] + pointer("scores", name)
                    yield defect(at, "score_missing", id=source.id, score=name)
