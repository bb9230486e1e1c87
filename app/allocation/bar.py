"""A progress bar for people: how much of the gap is closed."""

from decimal import Decimal
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Display

from app.allocation.options import Progress

# The bar shows how many orders of magnitude of the gap are closed, up to this many.
_ORDERS = 6


class Bar:
    """Shows the stage, the best value, the bound and the gap on standard error."""

    def __init__(self, console: Console | None = None) -> None:
        self.display = Display(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[state]}"),
            TimeElapsedColumn(),
            console=console or Console(stderr=True),
            transient=True,
        )
        self.task = self.display.add_task("reading", total=_ORDERS, state="")

    def __enter__(self) -> Self:
        self.display.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.display.stop()

    def tell(self, progress: Progress) -> None:
        """Show the state of the run."""
        state = "nothing found yet"
        closed = 0.0
        if progress.incumbent is not None:
            state = f"value {progress.incumbent}  bound {progress.bound or 'unknown'}"
        if progress.gap is not None:
            gap = Decimal(progress.gap)
            state += f"  gap {gap:.4%}"
            closed = float(-gap.log10()) if gap > 0 else float(_ORDERS)
        self.display.update(
            self.task,
            description=f"stage {progress.stage + 1}",
            completed=min(max(closed, 0.0), _ORDERS),
            state=state,
        )
