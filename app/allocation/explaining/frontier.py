"""The frontier of two measures: every allocation value that nothing beats in both, exactly."""

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from app.allocation.document import decimal_text, problem_sha256
from app.allocation.explaining.asking import Document, OnStep, Step
from app.allocation.explaining.axes import Axis, Share, read_axes
from app.allocation.options import Options, Progress, ShouldStop

if TYPE_CHECKING:
    from app.allocation.explaining.lexicographic import Plane, Point

MOST_POINTS = 50


@dataclass(frozen=True)
class Box:
    """Two neighbours between which there may be more: first least in the first measure."""

    left: "Point"
    right: "Point"

    @property
    def size(self) -> Fraction:
        """The area between them."""
        (a1, a2), (b1, b2) = self.left.values, self.right.values
        return (b1 - a1) * (a2 - b2)


def frontier(
    document: Document,
    axes: tuple[Axis, Axis],
    options: Options,
    *,
    most_points: int = MOST_POINTS,
    on_step: OnStep | None = None,
    should_stop: ShouldStop | None = None,
) -> dict[str, Any]:
    """Return the non-dominated points of two measures.

    Parameters
    ----------
    document
        A problem; its objective is replaced by the two measures. Demand is filled first, as the
        format's stage 0 says.
    axes
        Two measures (``cost``, ``score:quality`` …), or lists of terms as a stage has them; one may
        be a share of what is awarded (see ``read_axes``). Both are minimised: a negative weight
        turns one round.
    options
        The limit is for all searches together; ``gap`` is not used, since points are exact.
    most_points
        How many points to find at most. What was found by then is spread over the whole frontier.
    on_step
        Told of each search; ``of`` grows as boxes are found.
    should_stop
        Asked often; once it returns true the points so far are returned.

    Returns
    -------
    dict
        ``status``: ``complete`` (these are all), ``partial`` (more may lie in ``open``),
        ``infeasible`` or ``unknown``; ``points``: ascending in the first measure, each with
        ``values``, ``proven`` (nothing is better in one measure and as good in the other) and the
        allocation; ``open``: pairs of points between which there may be more, or better ones than
        those found; ``unproven``: the searches that were cut short.

    Raises
    ------
    DocumentError
        If the document has defects, or an axis is no measure of it.
    AllocationFailed
        If a point does not pass the verifier.

    Notes
    -----
    The balanced box method (Boland, Charkhgard and Savelsbergh, 2015): each search is an epsilon
    constraint on one measure and lexicographic in the other two ways round. The largest box comes
    first and is halved: the least first measure with the second at most half-way down gives a
    point p; the least second measure with the first below p by one exact step (the common measure
    of all its values) gives the next. Weighted sums would miss every point off the convex hull.
    A share has no such step, and is always the one whose box is halved.
    """
    from app.allocation.explaining.lexicographic import Plane  # noqa: PLC0415  # loads OR-Tools
    from app.allocation.progress import Clock  # noqa: PLC0415

    search = _Search(on_step, most_points)
    clock = Clock(search.progress, should_stop)
    problem, terms, measures = read_axes(document, axes)
    turned = isinstance(measures[0], Share)
    plane = Plane(problem, measures[::-1] if turned else measures, options, clock)
    search.run(plane)
    boxes = [(box.left, box.right) for box in (*search.open, *search.cut)]
    way = -1 if turned else 1
    return {
        "format": "jejaring.allocation-explanation/1",
        "question": "frontier",
        "problem_sha256": problem_sha256(document),
        "axes": terms,
        "status": search.status(),
        "points": [_stated(point, way) for point in search.points[::way]],
        "open": [[_texts(end, way) for end in box[::way]] for box in boxes],
        "unproven": list(dict.fromkeys(search.unproven)),
        "cancelled": clock.stopped,
        "solves": plane.searches,
    }


class _Search:
    """The points and boxes of one search."""

    def __init__(self, on_step: OnStep | None, most_points: int) -> None:
        self.on_step = on_step
        self.most_points = most_points
        self.found: dict[tuple[Fraction, Fraction], Point] = {}
        self.open: list[Box] = []
        self.cut: list[Box] = []
        self.unproven: list[str] = []
        self.infeasible = False
        self.boxes = 0

    def run(self, plane: "Plane") -> None:
        """Find the two ends, then halve the largest box until none is left."""
        self.progress()
        possible, proven = plane.fill()
        self.infeasible = not possible
        if not possible:
            return
        if not proven:
            self.unproven.append("shortfall")
        left, right = self._end(plane, 0), self._end(plane, 1)
        if left is None or right is None:
            return
        self._add(Box(left, right), plane)
        while self.open and len(self.found) < self.most_points and not plane.ended:
            self._halve(max(self.open, key=lambda one: one.size), plane)

    def _end(self, plane: "Plane", axis: int) -> "Point | None":
        self.progress()
        point, none = plane.least(axis, None, None)
        self.infeasible = self.infeasible or none
        if point is None or not point.proven:
            self.unproven.append(f"end {axis}")
        return None if point is None else self._keep(point)

    def _halve(self, box: Box, plane: "Plane") -> None:
        """Split one box; where a search was cut short, what it left out stays cut."""
        self.progress()
        self.open.remove(box)
        self.boxes += 1
        half = plane.between(1, box.right.values[1], box.left.values[1])
        lower = self._better(plane.least(0, half, box.right)[0], box.right, 0, box)
        highest = lower.values[0] - plane.step(0)
        upper = self._better(plane.least(1, highest, box.left)[0], box.left, 1, box)
        self._add(Box(lower, box.right), plane)
        if upper.values[0] < lower.values[0]:
            self._add(Box(box.left, upper), plane)
        else:
            # A measure that an engine cannot count exactly (a peak of odd capacities) may not move.
            self._leave(box)

    def _better(self, found: "Point | None", known: "Point", axis: int, box: Box) -> "Point":
        """Return the better of what a search found and the end of the box, which it may be.

        A search that proves nothing may find less than was known.
        """
        if found is None or not found.proven:
            self._leave(box)
            if found is None or _order(known, axis) < _order(found, axis):
                return known
        return self._keep(found)

    def _keep(self, point: "Point") -> "Point":
        """Note a point, unless the same values are proven already."""
        if point.proven or point.values not in self.found:
            self.found[point.values] = point
        return point

    def _leave(self, box: Box) -> None:
        """Give a box up: what lies in it stays open."""
        self.unproven.append("between")
        if box not in self.cut:
            self.cut.append(box)

    def _add(self, box: Box, plane: "Plane") -> None:
        """Keep a box if a point fits between its ends."""
        (a1, a2), (b1, b2) = box.left.values, box.right.values
        if b1 - a1 > plane.step(0) and a2 - b2 > plane.step(1):
            self.open.append(box)

    @property
    def points(self) -> list["Point"]:
        """The points in order, without those that a proven one beats."""
        known = sorted(self.found.values(), key=lambda point: point.values)
        return [one for one in known if not any(_beats(other, one) for other in known)]

    def status(self) -> str:
        """Return how far the search came."""
        if self.infeasible:
            return "infeasible"
        if not self.found:
            return "unknown"
        return "partial" if self.open or self.unproven else "complete"

    def progress(self, progress: Progress | None = None) -> None:
        """Tell where the search stands."""
        if self.on_step is not None:
            of = self.boxes + len(self.open) + 1
            self.on_step(Step(f"{len(self.found)} points", self.boxes, of, progress))


def _order(point: "Point", axis: int) -> tuple[Fraction, Fraction]:
    return point.values[axis], point.values[1 - axis]


def _beats(one: "Point", other: "Point") -> bool:
    pairs = list(zip(one.values, other.values, strict=True))
    return one.values != other.values and all(a <= b for a, b in pairs)


def _stated(point: "Point", way: int) -> dict[str, Any]:
    from app.allocation.explaining.lexicographic import decisions  # noqa: PLC0415

    return {
        "values": _texts(point, way),
        "proven": point.proven,
        "complete": point.best.complete,
        **decisions(point.best.plan),
    }


def _texts(point: "Point", way: int) -> list[str]:
    return [decimal_text(value) for value in point.values[::way]]
