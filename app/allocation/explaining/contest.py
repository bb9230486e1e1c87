"""What a losing bid is held against, and what came of it."""

from dataclasses import dataclass
from fractions import Fraction

from app.allocation.explaining.asking import Answer
from app.allocation.explaining.changing import kinds, tolerances
from app.allocation.explaining.intervals import Interval, compared

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Contest:
    """What a losing bid is held against: the optimum, and the stage in which cost counts.

    ``stage`` and ``weight`` are that stage's place in the objective and its weight of cost.
    """

    base: Answer
    stage: int
    weight: Fraction

    @property
    def allowed(self) -> list[Fraction]:
        """The tolerance of every stage."""
        return tolerances(self.base.problem)

    @property
    def money(self) -> Interval:
        """The optimum of the stage in which cost counts."""
        return self.base.stages[-1]

    def judged(self, tried: Answer) -> str:
        """Return how the optimum with the bid in it stands to the one without."""
        if tried.infeasible:
            return "not_better"
        return compared(self.base.stages, tried.stages, self.allowed)

    def judged_before_money(self, tried: Answer) -> str:
        """Return the same for the stages before cost counts, which no price can change."""
        return compared(
            [*self.base.stages[:-1], Interval(ZERO, ZERO)],
            [*tried.stages[:-1], Interval(ZERO, ZERO)],
            self.allowed,
        )

    def in_the_way(self, tried: Answer) -> tuple[str, ...]:
        """Return which rules, pins, choices and requires let nothing happen with the bid forced in.

        The pin that forced it in is no part of the buyer's problem and is not named; where nothing
        else stands in the way, the bid's ``own limits`` do: it could not be used by itself either.
        """
        known = kinds(self.base.document)
        named = tuple(one for one in tried.result.get("conflict", ()) if one in known)
        return named or ("own limits",)


@dataclass(frozen=True)
class Cut:
    """The part of its price that a bid would have to give up, and how that was found out.

    ``outcome``: ``possible``; ``not_by_price`` (not even at a price of zero); ``unknown``.
    """

    outcome: str
    part: Interval
    by: str
    because: tuple[str, ...] = ()
