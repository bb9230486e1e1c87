"""What the checker does with the arguments of its command line."""

import gzip
import json
import sys
from pathlib import Path

from .expressions import Json
from .tree import check

STREAM = "-"
ERRORS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, OSError, EOFError)


def main(paths: list[str]) -> int:
    """Check the result in one file against the problem in another.

    Parameters
    ----------
    paths
        The problem's and the result's; ``-``, for one of the two, is standard input. What is
        packed by gzip is unpacked.

    Returns
    -------
    int
        0: the certificate holds; what is proven stands on standard output. 1: it does not, or the
        files cannot be read; there it says why.
    """
    try:
        lines, code = check(*_documents(paths)), 0
    except (*ERRORS, RecursionError) as error:
        lines, code = [f"The certificate does not hold: {type(error).__name__}: {error}"], 1
    sys.stdout.write("\n".join(lines) + "\n")
    return code


def _documents(paths: list[str]) -> list[Json]:
    if paths.count(STREAM) > 1:
        raise ValueError("only one of the two can be read from standard input")
    return [_read(path) for path in paths]


def _read(path: str) -> Json:
    """Return the JSON in a file; numbers stay text, so that none loses a digit."""
    data = sys.stdin.buffer.read() if path == STREAM else Path(path).read_bytes()
    data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    return json.loads(data, parse_float=str, parse_int=str, parse_constant=str)
