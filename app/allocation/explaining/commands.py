"""What ``jejaring explain`` does, apart from reading its arguments."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.allocation import document as documents
from app.allocation.commands import (
    BAD_DOCUMENT,
    DOES_NOT_HOLD,
    HOLDS,
    complain_of,
    decimal_option,
    interrupted,
)
from app.allocation.document import DocumentError, defect
from app.allocation.explaining.asking import Document, OnStep, Step
from app.allocation.explaining.axes import parsed_axis
from app.allocation.explaining.conflict import conflict
from app.allocation.explaining.frontier import MOST_POINTS, frontier
from app.allocation.explaining.losing import what_would_have_won
from app.allocation.explaining.replan import replan
from app.allocation.explaining.rule_price import price_of_rules
from app.allocation.explaining.unfilled import unfilled
from app.allocation.files import complain, may_write, read_document, write_document
from app.allocation.options import AllocationFailed, Options, ShouldStop


@dataclass(frozen=True)
class Question:
    """What is asked of a problem; fields that a kind does not have keep their defaults."""

    document: Document
    options: Options
    known: Document | None
    names: Sequence[str]
    axes: Sequence[str]
    most_points: int
    bands: bool
    frozen_until: str | None


def explain_files(
    kind: str,
    problem_path: str,
    output_path: str,
    *,
    known_path: str | None = None,
    names: Sequence[str] = (),
    axes: Sequence[str] = (),
    most_points: int = MOST_POINTS,
    bands: bool = False,
    frozen_until: str | None = None,
    time_limit: float | None = None,
    deterministic_limit: float | None = None,
    gap: str = "0",
    seed: int = 0,
    threads: int = 2,
) -> int:
    """Answer a question about the problem in a file and write the explanation.

    Parameters
    ----------
    kind
        One of ``KINDS``.
    problem_path, output_path
        Names of files; ``-`` is a standard stream, ``.gz`` is packed.
    known_path
        The problem's own result, which saves a solve; of ``replan`` the result to start from (by
        default the problem's ``reference``).
    names
        Of ``price-of-rule`` rules, pins, choices, requires (by default every rule); of
        ``what-would-have-won`` offers and packages (by default all that lost); of ``replan`` the
        firms that failed.
    axes, most_points
        Of ``frontier``: two measures, each with a ``-`` before it if more is better; one may be a
        share of the value awarded, such as ``-share:firm_sizes=micro,small``.
    bands
        Of ``what-would-have-won``: only bands of 5 %.
    frozen_until
        Of ``replan``: the last period whose deliveries have been made.
    time_limit, deterministic_limit
        For all solves together. Ctrl-C ends with what is known so far.
    gap, seed, threads
        As in ``app.allocation.Options``.

    Returns
    -------
    int
        0: an explanation was written. 1: a run failed, or the known result does not hold. 2: a
        document or an argument is bad; all defects stand as a JSON list on standard error.
    """
    try:
        answer = _choice(kind)
        options = Options(
            limit_seconds=decimal_option(time_limit, "--time-limit"),
            limit_deterministic=decimal_option(deterministic_limit, "--deterministic-limit"),
            gap=decimal_option(gap, "--gap") or Decimal(0),
            seed=seed,
            threads=threads,
        )
        may_write(output_path)
        document = read_document(problem_path)
        documents.read(document)
        known = None if known_path is None else read_document(known_path)
        question = Question(document, options, known, names, axes, most_points, bands, frozen_until)
        with interrupted() as stop, step_bar() as tell:
            found = answer(question, tell, stop)
        write_document(output_path, found)
    except DocumentError as error:
        complain_of(error)
        return BAD_DOCUMENT
    except (AllocationFailed, OSError) as error:
        complain([{"pointer": "", "code": "failed", "detail": str(error)}])
        return DOES_NOT_HOLD
    return HOLDS


Answering = Callable[[Question, OnStep | None, ShouldStop], dict[str, Any]]


def _choice(kind: str) -> Answering:
    if kind not in KINDS:
        raise DocumentError([defect("", "not_one_of", value=kind, allowed=", ".join(KINDS))])
    return KINDS[kind]


def _price_of_rule(asked: Question, tell: OnStep | None, stop: ShouldStop) -> dict[str, Any]:
    return price_of_rules(
        asked.document,
        asked.options,
        rules=asked.names or None,
        known_result=asked.known,
        on_step=tell,
        should_stop=stop,
    )


def _conflict(asked: Question, tell: OnStep | None, stop: ShouldStop) -> dict[str, Any]:
    return conflict(
        asked.document, asked.options, known_result=asked.known, on_step=tell, should_stop=stop
    )


def _unfilled(asked: Question, tell: OnStep | None, stop: ShouldStop) -> dict[str, Any]:
    return unfilled(
        asked.document, asked.options, known_result=asked.known, on_step=tell, should_stop=stop
    )


def _what_would_have_won(asked: Question, tell: OnStep | None, stop: ShouldStop) -> dict[str, Any]:
    return what_would_have_won(
        asked.document,
        asked.options,
        bids=asked.names or None,
        bands=asked.bands,
        known_result=asked.known,
        on_step=tell,
        should_stop=stop,
    )


def _frontier(asked: Question, tell: OnStep | None, stop: ShouldStop) -> dict[str, Any]:
    if len(asked.axes) != 2:
        given, expected = str(len(asked.axes)), "2"
        raise DocumentError([defect("", "wrong_type", expected=f"{expected} axes, not {given}")])
    first, second = (parsed_axis(text) for text in asked.axes)
    return frontier(
        asked.document,
        (first, second),
        asked.options,
        most_points=asked.most_points,
        on_step=tell,
        should_stop=stop,
    )


def _replan(asked: Question, tell: OnStep | None, stop: ShouldStop) -> dict[str, Any]:
    reference: Mapping[str, Any] | None = asked.known or asked.document.get("reference")
    if reference is None:
        raise DocumentError([defect("/reference", "missing_field", field="reference")])
    return replan(
        asked.document,
        reference,
        asked.options,
        failed=asked.names,
        frozen_until=asked.frozen_until,
        on_step=tell,
        should_stop=stop,
    )


KINDS: Mapping[str, Answering] = {
    "price-of-rule": _price_of_rule,
    "conflict": _conflict,
    "unfilled": _unfilled,
    "what-would-have-won": _what_would_have_won,
    "frontier": _frontier,
    "replan": _replan,
}


@contextmanager
def step_bar() -> Iterator[OnStep | None]:
    """Show progress on standard error where that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    # Loaded only where somebody looks: it costs a tenth of a second.
    from app.allocation.bar import Bar  # noqa: PLC0415

    with Bar() as bar:

        def show(step: Step) -> None:
            if step.progress is not None:
                bar.tell(step.progress)
            bar.display.update(bar.task, description=f"{step.done + 1}/{step.of} {step.what}")

        yield show
