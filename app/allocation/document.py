"""The entrance to the allocation format: parse, read, report all defects, hash."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from app.allocation.elements import Problem
from app.allocation.reading import consistency, meaning, references, swift
from app.allocation.reading.building import build
from app.allocation.reading.canonical import canonical, plainly, problem_sha256
from app.allocation.reading.collector import paused
from app.allocation.reading.defects import DEFECT_MESSAGES, Defect, DocumentError, defect
from app.allocation.reading.format import FORMAT, PROBLEM
from app.allocation.reading.numbers import decimal_text
from app.allocation.reading.parsing import parse

__all__ = [
    "DEFECT_MESSAGES",
    "FORMAT",
    "Defect",
    "DocumentError",
    "canonical",
    "decimal_text",
    "defect",
    "defects",
    "parse",
    "plainly",
    "problem_sha256",
    "read",
]


def read(document: Mapping[str, Any]) -> Problem:
    """Return the typed problem of a document.

    Parameters
    ----------
    document
        An object of the format ``jejaring.allocation-problem/1``; numbers may be ``Decimal``,
        ``int`` or decimal strings.

    Returns
    -------
    Problem
        Every number exact, every default filled in.

    Raises
    ------
    DocumentError
        With all defects of the whole document, in document order.
    """
    with paused():
        problem = swift.problem_of(document)
        if problem is None:
            problem, found = _examined(document)
            if found:
                raise DocumentError(found)
    return problem


def defects(document: Mapping[str, Any]) -> list[Defect]:
    """Return all defects of a document, in document order; none means that it can be read."""
    with paused():
        return [] if swift.problem_of(document) is not None else _examined(document)[1]


def _examined(document: Mapping[str, Any]) -> tuple[Problem, list[Defect]]:
    found: list[Defect] = []
    tree = PROBLEM.read(document, "", found)
    if tree is None:
        return build({}), found
    found.extend(references.check(tree))
    found.extend(consistency.check(tree))
    problem = build(tree, _damaged(found))
    found.extend(meaning.check(problem, tree))
    return problem, _in_document_order(document, found)


def _damaged(found: Iterable[Defect]) -> frozenset[tuple[str, str]]:
    """Return the (list, position) of every element that a defect lies in."""
    steps = (one.pointer.split("/", 3) for one in found)
    return frozenset((path[1], path[2]) for path in steps if len(path) > 2)


def _in_document_order(document: Mapping[str, Any], found: list[Defect]) -> list[Defect]:
    if len(found) < 2:
        return found
    unique = {(one.pointer, one.code): one for one in found}
    known = Counter(pointer for pointer, _ in unique)
    # A field that is there but cannot be read must not be called missing as well.
    told = [d for d in unique.values() if d.code != "missing_field" or known[d.pointer] == 1]
    order = _Order(document)
    return sorted(told, key=lambda one: order.of(one.pointer))


class _Order:
    """Finds the position of a pointer's place among its siblings, remembering objects' keys."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.keys: dict[int, dict[str, int]] = {}

    def of(self, pointer: str) -> tuple[int, ...]:
        place: Any = self.document
        path = []
        for step in pointer.split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            if isinstance(place, Mapping):
                known = self.keys.setdefault(id(place), {k: i for i, k in enumerate(place)})
                # A missing field comes after those that are there.
                path.append(known.get(name, len(known)))
                place = place.get(name)
            elif isinstance(place, (list, tuple)) and name.isdigit() and int(name) < len(place):
                path.append(int(name))
                place = place[int(name)]
        return tuple(path)
