"""The optimizer on published instances: `python3 dev.py bench published [family|instance …]`.

Prints a line per instance. Where a family was run whole, its table in `benchmarks/README.md` is
written anew, with the machine, the versions, the date and the limit of that run. Leaves with 1 if
an answer fails its verification or is not the known one.
"""

import argparse
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from app.allocation import Options
from benchmarks.instances.catalogue import FAMILIES, chosen
from benchmarks.instances.instance import Instance
from benchmarks.tables import page
from benchmarks.tables.measuring import Measured, cells, measure


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench published", description=__doc__)
    parser.add_argument(
        "names", nargs="*", help=f"{', '.join(FAMILIES)}; an instance; a pattern with *"
    )
    parser.add_argument("--seconds", type=Decimal, default=Decimal(20), help="a solve (20)")
    parser.add_argument("--threads", type=int, default=2, help="that a solve may use (2)")
    parser.add_argument("--certificate", type=int, default=60, help="programs of a tree (60)")
    parser.add_argument("--patience", type=float, default=20, help="seconds of a certificate (20)")
    parser.add_argument("--list", action="store_true", help="only name the instances")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="only write the documents")
    arguments = parser.parse_args(words)
    try:
        instances = chosen(arguments.names)
    except ValueError as error:
        parser.error(str(error))
    if arguments.list:
        print("\n".join(one.name for one in instances))
        return 0
    if arguments.write:
        write(instances, arguments.write)
        return 0
    return run(instances, arguments)


def write(instances: list[Instance], folder: Path) -> None:
    """Write each problem to a file, for the command line or another reader of the format."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in instances:
        path = folder / f"{one.name.replace('/', '.')}.json"
        path.write_text(json.dumps(one.build(), indent=1) + "\n", encoding="utf-8")


def run(instances: list[Instance], asked: argparse.Namespace) -> int:
    options = Options(limit_seconds=asked.seconds, threads=asked.threads)
    wrong = 0
    for family, read in FAMILIES.items():
        own = [one for one in instances if one.family == family]
        if not own:
            continue
        print(f"\n{family}\n{page.table([])}", flush=True)
        measured = [told(measure(one, options, asked.certificate, asked.patience)) for one in own]
        wrong += sum(not one.agrees for one in measured)
        if len(own) == len(read()):
            told_when = page.circumstances(f"{asked.seconds:f}", asked.threads)
            page.replace(family, f"{told_when}\n\n{page.table(map(cells, measured))}")
    print(f"\n{len(instances)} instances, {wrong} not as known.")
    return 1 if wrong else 0


def told(one: Measured) -> Measured:
    """Print a line as soon as it is known."""
    print(f"| {' | '.join(cells(one))} |", flush=True)
    if one.failure:
        print(f"  {one.failure}", flush=True)
    return one


if __name__ == "__main__":
    raise SystemExit(main())
