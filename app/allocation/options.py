"""What a caller may ask of a run, and what a run tells while it goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Options:
    """How long to search, how closely, and with what.

    Parameters
    ----------
    limit_seconds
        Seconds that the search may take; ``None`` is no limit.
    limit_deterministic
        Work that the search may do, in the engine's own deterministic units: the same problem,
        options and version then give the same allocation.
    gap
        The search may stop when ``(value − bound) / |value|`` is at most this.
    seed
        Seed of the engine's random choices.
    threads
        How many threads the engine may use.
    """

    limit_seconds: Decimal | None = None
    limit_deterministic: Decimal | None = None
    gap: Decimal = Decimal(0)
    seed: int = 0
    threads: int = 1


@dataclass(frozen=True)
class Progress:
    """The state of a run: exact decimal strings, ``None`` where nothing is known yet.

    Parameters
    ----------
    stage
        Position of the stage among the result's stages.
    incumbent
        Value of the best allocation found so far.
    bound
        What no allocation can fall below.
    gap
        ``(incumbent − bound) / |incumbent|``.
    seconds
        Since the run began.
    """

    stage: int
    incumbent: str | None
    bound: str | None
    gap: str | None
    seconds: str


OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


class AllocationFailed(Exception):  # noqa: N818  # the name that callers know
    """A run ended without a result that holds: its own verification refused it, or it died."""
