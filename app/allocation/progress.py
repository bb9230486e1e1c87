"""How a run tells what it has, and hears that it should stop."""

import time
from fractions import Fraction

from app.allocation.options import OnProgress, Progress, ShouldStop
from app.allocation.reading.numbers import decimal_text
from app.allocation.solvers.search import Watch

SECONDS_BETWEEN_REPORTS = 0.9
SECONDS_BETWEEN_NEWS = 0.2


class Clock:
    """Seconds since the run began, its reports, and its wish to stop.

    Parameters
    ----------
    on_progress
        Told about once a second, and of everything new.
    should_stop
        Asked whether to stop; once it said so, that stands.
    """

    def __init__(self, on_progress: OnProgress | None, should_stop: ShouldStop | None) -> None:
        self.on_progress = on_progress
        self.should_stop = should_stop
        self.began = time.monotonic()
        self.reported = -SECONDS_BETWEEN_REPORTS
        self.stopped = False

    def seconds(self) -> float:
        """Return the seconds since the run began."""
        return time.monotonic() - self.began

    def asked_to_stop(self) -> bool:
        """Return whether the run should end now."""
        if not self.stopped and self.should_stop is not None:
            self.stopped = bool(self.should_stop())
        return self.stopped

    def report(self, stage: int, value: Fraction | None, bound: Fraction | None) -> None:
        """Tell the state of a stage now."""
        if self.on_progress is not None:
            self.reported = self.seconds()
            self.on_progress(_progress(stage, value, bound, self.reported))

    def watch(self, stage: int) -> Watch:
        """Return the watch of one stage's search."""
        known: list[tuple[Fraction | None, Fraction | None]] = []

        def look(value: Fraction | None, bound: Fraction | None) -> bool:
            since = self.seconds() - self.reported
            news = known != [(value, bound)] and since >= SECONDS_BETWEEN_NEWS
            if news or since >= SECONDS_BETWEEN_REPORTS:
                known[:] = [(value, bound)]
                self.report(stage, value, bound)
            return self.asked_to_stop()

        return look


def _progress(
    stage: int, value: Fraction | None, bound: Fraction | None, seconds: float
) -> Progress:
    gap = None if value is None or bound is None else gap_text(value, bound)
    return Progress(
        stage,
        None if value is None else decimal_text(value),
        None if bound is None else decimal_text(bound),
        gap,
        f"{seconds:.2f}",
    )


def gap_text(value: Fraction, bound: Fraction) -> str | None:
    """Return ``(value − bound) / |value|``; 0 where equal, ``None`` where only the value is 0."""
    if value == bound:
        return "0"
    return decimal_text((value - bound) / abs(value)) if value else None
