"""Documents in files and standard streams, gzipped or not."""

import gzip
import json
import sys
import tempfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from app.allocation.document import DocumentError, defect, parse

STREAM = "-"
# A small file can unpack to more than any memory holds.
LARGEST = 4 * 2**30


def read_document(name: str) -> dict[str, Any]:
    """Return the JSON object in a file; ``-`` is standard input, ``.gz`` is unpacked.

    Raises
    ------
    DocumentError
        If the file cannot be read or is no JSON object of the format's kind.
    """
    try:
        data = sys.stdin.buffer.read() if name == STREAM else Path(name).read_bytes()
        if name.endswith(".gz") or data.startswith(b"\x1f\x8b"):
            data = _unpacked(data)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DocumentError([defect("", "unreadable_file", name=name, reason=reason)]) from None
    return parse(data)


def _unpacked(data: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    text = unpacker.decompress(data, LARGEST)
    if unpacker.unconsumed_tail:
        raise EOFError("it unpacks to more than 4 GB")
    if not unpacker.eof:
        raise EOFError("it ends too early")
    return text


def may_write(name: str) -> None:
    """Find out before a long search whether its result can be stored.

    Raises
    ------
    DocumentError
        If the folder does not exist or cannot be written.
    """
    if name == STREAM:
        return
    try:
        with tempfile.TemporaryFile(dir=Path(name).parent):
            pass
    except OSError as error:
        reason = error.strerror or str(error)
        raise DocumentError([defect("", "unwritable_file", name=name, reason=reason)]) from None


def write_document(name: str, document: Mapping[str, Any]) -> None:
    """Write a JSON document to a file, whole or not at all; ``-`` is standard output."""
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    data = text.encode()
    if name == STREAM:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    if name.endswith(".gz"):
        data = gzip.compress(data, mtime=0)
    path = Path(name)
    if path.exists() and not path.is_file():
        # A device or a pipe cannot be replaced, only written to.
        path.write_bytes(data)
        return
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.replace(path)


def complain(entries: Iterable[Mapping[str, Any]]) -> None:
    """Write what is wrong as one JSON list to standard error."""
    sys.stderr.write(json.dumps(list(entries), ensure_ascii=False) + "\n")
