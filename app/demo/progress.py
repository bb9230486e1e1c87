"""How far the demonstration is: bars in a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from app.demo.client import Teller
from app.demo.words import Words

STEPS = {
    "server": "The server starts",
    "firms": "Firms register, with machines and calendars",
    "networks": "Consortia form by their members' consents",
    "product": "The buyer writes down its bill of materials",
    "tender": "The buyer publishes the tender",
    "bids": "Firms and consortia bid",
    "opening": "The server closes and opens the tender",
    "scenario": "The optimizer splits the tender",
    "verification": "The result is verified",
    "award": "The buyer awards, capacity is held",
    "orders": "The orders are placed",
}
NOTE_SECONDS = 2.0


class Bars:
    """One bar for each step."""

    def __init__(self, progress: Progress, words: Words) -> None:
        self._progress = progress
        self._words = words
        self._task: TaskID | None = None

    def step(self, name: str, total: float) -> None:
        """Fill the bar of the last step and begin the next one."""
        self.end()
        self._task = self._progress.add_task(self._words(STEPS[name]), total=total, note="")

    def advance(self, amount: float = 1, note: str = "") -> None:
        """Move the bar."""
        if self._task is not None:
            self._progress.update(self._task, advance=amount, note=_shown(note, self._words))

    def end(self) -> None:
        """Fill the bar of the last step: it may have needed less than was thought."""
        if self._task is not None:
            total = next(task.total for task in self._progress.tasks if task.id == self._task)
            self._progress.update(self._task, completed=total)
            self._progress.stop_task(self._task)


class Lines:
    """A line when a step begins, and now and then one about a long step."""

    def __init__(self, console: Console, words: Words) -> None:
        self._console = console
        self._words = words
        self._began = time.monotonic()
        self._noted = self._began

    def step(self, name: str, total: float) -> None:
        """Say that a step begins."""
        del total
        self._say(self._words(STEPS[name]))

    def advance(self, amount: float = 1, note: str = "") -> None:
        """Say what there is to note, not too often."""
        del amount
        if note and time.monotonic() - self._noted > NOTE_SECONDS:
            self._say("  " + _shown(note, self._words))

    def _say(self, text: str) -> None:
        self._noted = time.monotonic()
        self._console.print(f"{self._noted - self._began:5.1f} s  {text}", highlight=False)


def _shown(note: str, words: Words) -> str:
    """Return a note as it is shown: a number is the gap that is left."""
    if note[:1].isdigit():
        return words("gap {gap}", gap=words.percent(note, 2))
    return words(note) if note else ""


class Timed:
    """A teller that also notes how long each step takes."""

    def __init__(self, inner: Teller) -> None:
        self.inner = inner
        self.seconds: dict[str, float] = {}
        self._name = ""
        self._began = time.monotonic()

    def step(self, name: str, total: float) -> None:
        """Begin a step."""
        self.end()
        self._name = name
        self.inner.step(name, total)

    def advance(self, amount: float = 1, note: str = "") -> None:
        """Go on within the step."""
        self.inner.advance(amount, note)

    def end(self) -> None:
        """End the last step."""
        now = time.monotonic()
        if self._name:
            spent = self.seconds.get(self._name, 0.0)
            self.seconds[self._name] = spent + now - self._began
        self._began = now


@contextmanager
def telling(console: Console, words: Words) -> Iterator[Teller]:
    """Show progress while the block lasts."""
    if not console.is_terminal:
        yield Lines(console, words)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=console) as progress:
        bars = Bars(progress, words)
        yield bars
        bars.end()
