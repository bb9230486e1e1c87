"""Keeps the tables of `benchmarks/README.md` between their markers."""

import os
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from app import __version__

PAGE = Path(__file__).resolve().parents[1] / "README.md"
HEAD = [
    "instance",
    "known optimum",
    "ours",
    "proven gap",
    "certified gap",
    "seconds",
    "engine",
    "verified",
]
_CPUINFO = Path("/proc/cpuinfo")


def circumstances(limit: str, threads: int) -> str:
    """Return on what, with what, when and how far the runs went."""
    versions = f"jejaring {__version__}, OR-Tools {metadata.version('ortools')}"
    today = datetime.now(UTC).date().isoformat()
    return (
        f"{today}; {_processor()}, {os.cpu_count()} cores, {threads} used; {platform.system()}, "
        f"Python {platform.python_version()}, {versions}; limit {limit} s a solve."
    )


def _processor() -> str:
    """Return the processor's name, which Linux does not give to `platform`."""
    if _CPUINFO.exists():
        for line in _CPUINFO.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def table(rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table of the measured rows."""
    lines = [HEAD, ["---", "---:", "---:", "---:", "---:", "---:", "---", "---"], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def replace(name: str, body: str) -> None:
    """Write a text between the markers of a name.

    Raises
    ------
    ValueError
        If the page has no such markers.
    """
    begin, end = f"<!-- published {name} -->\n", f"<!-- end of {name} -->"
    before, found, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{PAGE.name} has no place for {name}")
    PAGE.write_text(f"{before}{begin}\n{body}\n\n{end}{after}", encoding="utf-8")
