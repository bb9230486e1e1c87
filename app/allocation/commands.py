"""What ``jejaring solve`` and ``jejaring verify`` do, apart from reading their arguments."""

import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from types import FrameType
from typing import Any

from app.allocation import document as documents
from app.allocation.certificate import certify
from app.allocation.document import DocumentError, defect
from app.allocation.files import complain, may_write, read_document, write_document
from app.allocation.options import AllocationFailed, OnProgress, Options
from app.allocation.process import solve_in_child
from app.allocation.reading.numbers import NumberError, exact
from app.allocation.verify import verify

HOLDS, DOES_NOT_HOLD, BAD_DOCUMENT = 0, 1, 2
_SMALL, _MEDIUM = 60, 500


def solve_file(
    problem_path: str,
    result_path: str,
    *,
    time_limit: float | None = None,
    deterministic_limit: float | None = None,
    gap: str = "0",
    seed: int = 0,
    threads: int = 2,
    certificate_budget: int | None = None,
) -> int:
    """Solve the problem in a file and write the verified result.

    Parameters
    ----------
    problem_path, result_path
        Names of files; ``-`` is a standard stream, ``.gz`` is packed.
    time_limit
        Seconds; ``None`` is no limit. Ctrl-C ends the search with the best so far.
    deterministic_limit
        Work in the engine's own units: gives the same allocation every time.
    gap
        The search may stop within this fraction of its bound; a decimal.
    seed, threads
        As in ``app.allocation.Options``.
    certificate_budget
        How many linear programs the certificate's trees may consist of; 0 leaves it out, ``None``
        is by the problem's size (``default_budget``).

    Returns
    -------
    int
        0: a verified result was written, whatever its status. 1: the run failed, no result.
        2: the document is bad, or a file cannot be read or written; all defects stand as a JSON
        list (``pointer``, ``code``, ``detail``) on standard error, no result.
    """
    try:
        options = Options(
            limit_seconds=decimal_option(time_limit, "--time-limit"),
            limit_deterministic=decimal_option(deterministic_limit, "--deterministic-limit"),
            gap=decimal_option(gap, "--gap") or Decimal(0),
            seed=seed,
            threads=threads,
        )
        may_write(result_path)
        document = read_document(problem_path)
        with interrupted() as stop, progress_bar() as tell:
            result = solve_in_child(document, options, tell, stop)
            budget = default_budget(document) if certificate_budget is None else certificate_budget
            if budget:
                certificate = certify(
                    document, result, budget_nodes=budget, should_stop=stop, on_progress=tell
                )
                result = _certified(document, result, certificate)
        write_document(result_path, result)
    except DocumentError as error:
        complain_of(error)
        return BAD_DOCUMENT
    except (AllocationFailed, OSError) as error:
        complain([{"pointer": "", "code": "failed", "detail": str(error)}])
        return DOES_NOT_HOLD
    return HOLDS


def default_budget(document: Mapping[str, Any]) -> int:
    """Return the certificate's budget where none is stated.

    Up to 60 offers and packages are proven as far as a tree of 200 goes, which takes a second or
    so; up to 500 have the linear bound; above, a proof takes longer than is done unasked.
    """
    size = len(document.get("offers", ())) + len(document.get("packages", ()))
    return 200 if size <= _SMALL else 1 if size <= _MEDIUM else 0


def _certified(
    document: Mapping[str, Any], result: dict[str, Any], certificate: dict[str, Any]
) -> dict[str, Any]:
    if not certificate["stages"]:  # nothing could be proven
        return result
    certified = {**result, "certificate": certificate}
    findings = verify(document, certified)
    if findings:
        raise AllocationFailed("; ".join(f"{f.pointer}: {f.detail}" for f in findings))
    return certified


def verify_files(problem_path: str, result_path: str) -> int:
    """Check the result in one file against the problem in another.

    Returns
    -------
    int
        0: it holds. 1: it does not; what does not stands as a JSON list (``pointer``, ``code``,
        ``detail``) on standard error. 2: the problem is bad; its defects stand there.
    """
    try:
        document = read_document(problem_path)
        documents.read(document)
    except DocumentError as error:
        complain_of(error)
        return BAD_DOCUMENT
    try:
        result = read_document(result_path)
    except DocumentError as error:
        complain_of(error)
        return DOES_NOT_HOLD
    findings = verify(document, result)
    if findings:
        complain({"pointer": f.pointer, "code": f.code, "detail": f.detail} for f in findings)
        return DOES_NOT_HOLD
    return HOLDS


def decimal_option(value: float | str | None, option: str) -> Decimal | None:
    """Return an option of the command line as an exact decimal.

    Raises
    ------
    DocumentError
        If it is no number of 0 or more.
    """
    if value is None:
        return None
    try:
        number = exact(str(value))
    except NumberError:
        number = Decimal(-1)
    if number < 0:
        raise DocumentError([defect("", "bad_option", option=option, value=str(value))])
    return number


def complain_of(error: DocumentError) -> None:
    """Write all defects of a document as one JSON list to standard error."""
    complain(
        {"pointer": one.pointer, "code": one.code, "detail": one.detail} for one in error.defects
    )


@contextmanager
def interrupted() -> Iterator[Callable[[], bool]]:
    """Turn Ctrl-C and a request to terminate into the wish to stop, while the block runs."""
    wished = []

    def wish(_number: int, _frame: FrameType | None) -> None:
        wished.append(True)

    before = {number: signal.signal(number, wish) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(wished)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def progress_bar() -> Iterator[OnProgress | None]:
    """Show progress on standard error where that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    # Loaded only where somebody looks: it costs a tenth of a second.
    from app.allocation.bar import Bar  # noqa: PLC0415

    with Bar() as bar:
        yield bar.tell
