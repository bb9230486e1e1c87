"""What ``jejaring offers-root`` and ``jejaring check-inclusion`` do with their arguments."""

import secrets
from collections.abc import Callable
from typing import Any

from app.allocation import document as documents
from app.allocation.commands import BAD_DOCUMENT, DOES_NOT_HOLD, HOLDS, complain_of
from app.allocation.document import DocumentError, problem_sha256
from app.allocation.files import complain, may_write, read_document, write_document
from app.allocation.inclusion.bids import draw_nonces, inclusion_faults, offers_root, parsed_root

ROOT_FORMAT = "jejaring.offers-root/1"


def offers_root_file(
    problem_path: str, output_path: str, draw: Callable[[int], bytes] = secrets.token_bytes
) -> int:
    """Write the root over the bids of the problem in a file, with a proof for each.

    Parameters
    ----------
    problem_path, output_path
        Names of files; ``-`` is a standard stream, ``.gz`` is packed.
    draw
        Returns so many random bytes.

    Returns
    -------
    int
        0: written. 1: it could not be written. 2: the document is bad, or a file cannot be read
        or written; all defects stand as a JSON list on standard error.
    """
    try:
        may_write(output_path)
        document = read_document(problem_path)
        documents.read(document)
        made = offers_root(document, draw_nonces(document, draw))
        found: dict[str, Any] = {
            "format": ROOT_FORMAT,
            "problem_sha256": problem_sha256(document),
            "offers_root": made.text,
            "proofs": list(made.proofs()),
        }
        write_document(output_path, found)
    except DocumentError as error:
        complain_of(error)
        return BAD_DOCUMENT
    except OSError as error:
        complain([{"pointer": "", "code": "failed", "detail": str(error)}])
        return DOES_NOT_HOLD
    return HOLDS


def check_inclusion_files(bid_path: str, proof_path: str, root: str) -> int:
    """Check that the offer or package in one file stands under a root, by the proof in another.

    Parameters
    ----------
    bid_path, proof_path
        Names of files; ``-``, for one of the two, is standard input.
    root
        As published.

    Returns
    -------
    int
        0: it entered unaltered. 1: the proof does not show that; why stands as a JSON list on
        standard error. 2: the bid cannot be read, or the root is none.
    """
    try:
        parsed_root(root)
        bid = read_document(bid_path)
    except DocumentError as error:
        complain_of(error)
        return BAD_DOCUMENT
    try:
        faults = inclusion_faults(bid, read_document(proof_path), root)
    except DocumentError as error:
        complain_of(error)
        return DOES_NOT_HOLD
    if faults:
        complain(faults)
        return DOES_NOT_HOLD
    return HOLDS
