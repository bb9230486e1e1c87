"""Which column to branch on: the one whose two halves raise the bound most."""

from collections.abc import Callable
from math import ceil, floor

from app.allocation.certificate.lp import Box, Program, Solved
from app.allocation.certificate.relaxation import Space

# Decisions before the numbers that follow from them.
_ORDER = (
    ("use", "charge", "winner", "wins", "some", "level", "place"),
    ("deliver", "tier", "full"),
    ("quantity", "steps"),
)
_KIND = {word: rank for rank, words in enumerate(_ORDER) for word in words}
_LOOKED_AT = 6
_RELIABLE = 2


class Chooser:
    """Remembers how much branching on each column raised the bound, and tries the unknown ones.

    Source of the method: reliability branching (Achterberg, Koch, Martin 2005).
    """

    def __init__(self, space: Space, program: Program, should_stop: Callable[[], bool]) -> None:
        self.space, self.program, self.should_stop = space, program, should_stop
        self.rank = [_KIND.get(name.split("[")[0], 1) for name in space.names]
        self.gains: dict[tuple[int, int], tuple[float, int]] = {}
        self.whole, self.times = 1.0, 1

    def choose(self, solved: Solved, box: Box, cutoff: float) -> int | None:
        """Return the column to branch on; ``None`` where every whole column is whole."""
        found = list(self._fractional(solved, box))
        if not found:
            return None
        found.sort(key=lambda column: -self._score(column, solved.point[column]))
        looked = 0
        best, best_score = found[0], -1.0
        for column in found:
            score = self._score(column, solved.point[column])
            if self._known(column) < _RELIABLE and not self.should_stop():
                looked += 1
                score = self._tried(column, solved, box, cutoff)
            if score > best_score:
                best, best_score = column, score
            if looked >= _LOOKED_AT:
                break
        return best

    def _fractional(self, solved: Solved, box: Box) -> list[int]:
        """Return the whole columns whose value is no whole number, of the first kind that has."""
        by_rank: dict[int, list[int]] = {}
        for column, whole in enumerate(self.space.whole):
            value = solved.point[column]
            if whole and abs(value - round(value)) > 1e-7:
                low, high = box.get(column, (0, int(self.space.high[column])))
                if low <= floor(value) and ceil(value) <= high:
                    by_rank.setdefault(self.rank[column], []).append(column)
        return by_rank[min(by_rank)] if by_rank else []

    def _known(self, column: int) -> int:
        return min(self.gains.get((column, side), (0.0, 0))[1] for side in (0, 1))

    def _score(self, column: int, value: float) -> float:
        """Return the product of the gains to be expected of both halves."""
        part = value - floor(value)
        sides = []
        for side, distance in ((0, part), (1, 1 - part)):
            whole, times = self.gains.get((column, side), (self.whole, self.times))
            sides.append(max(whole / times * distance, 1e-6))
        return sides[0] * sides[1]

    def _tried(self, column: int, solved: Solved, box: Box, cutoff: float) -> float:
        low, high = box.get(column, (0, int(self.space.high[column])))
        at = floor(solved.point[column])
        values = []
        for ends in ((low, at), (at + 1, high)):
            half = self.program.solve({**box, column: ends})
            values.append(float("inf") if half is None else half.value)
        self.learn(column, solved.point[column], solved.value, (values[0], values[1]))
        room = max(cutoff - solved.value, 1e-9)
        gains = [min(max(value - solved.value, 1e-9 * room), room) for value in values]
        return gains[0] * gains[1]

    def learn(self, column: int, value: float, before: float, after: tuple[float, float]) -> None:
        """Note by how much both halves raised the bound, per unit that the column moved."""
        part = value - floor(value)
        for side, distance in ((0, part), (1, 1 - part)):
            if after[side] < float("inf") and distance > 1e-9:
                whole, times = self.gains.get((column, side), (0.0, 0))
                gain = max(after[side] - before, 0.0) / distance
                self.gains[column, side] = (whole + gain, times + 1)
                self.whole, self.times = self.whole + gain, self.times + 1
