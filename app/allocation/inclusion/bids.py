"""The root over a problem's offers and packages, and the proof that one of them stands under it."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.allocation.document import canonical, defect
from app.allocation.inclusion.merkle import DIGEST_BYTES, MerkleTree, root_by_path
from app.allocation.reading.defects import DocumentError, pointer

PROOF_FORMAT = "jejaring.inclusion-proof/1"
NONCE_BYTES = 32
_KINDS = ("offers", "packages")
_FIELDS = ("format", "id", "nonce", "index", "size", "path")
_HEX = re.compile(f"[0-9a-f]{{{2 * DIGEST_BYTES}}}")
_ROOT = re.compile(f"(0|[1-9][0-9]{{0,11}}):([0-9a-f]{{{2 * DIGEST_BYTES}}})")

Bid = Mapping[str, Any]


def bid_bytes(bid: Bid) -> bytes:
    """Return what of an offer or package enters the root: its canonical bytes.

    Parameters
    ----------
    bid
        An offer or a package (that is what has ``items``) as it stands in a problem.

    Returns
    -------
    bytes
        The canonical form of the part of a problem that holds nothing but it,
        ``{"offers":[…]}`` or ``{"packages":[…]}``: neither can be taken for the other.

    Raises
    ------
    DocumentError
        If it is nested too deeply to be one.
    """
    return canonical({"packages" if "items" in bid else "offers": [bid]})


def commitment(nonce: bytes, canonical_bytes: bytes) -> bytes:
    """Return ``SHA-256(nonce ‖ canonical bytes)``: tells nobody who lacks the nonce anything."""
    return hashlib.sha256(nonce + canonical_bytes).digest()


def draw_nonces(document: Mapping[str, Any], draw: Callable[[int], bytes]) -> dict[str, bytes]:
    """Return a nonce for each offer and package.

    Parameters
    ----------
    document
        A problem without defects.
    draw
        Returns so many random bytes, such as ``secrets.token_bytes``.
    """
    return {bid["id"]: draw(NONCE_BYTES) for bid in _bids(document)}


@dataclass(frozen=True)
class OffersRoot:
    """The tree over a problem's bids: ``ids`` are its leaves in order, ``nonces`` one for each."""

    tree: MerkleTree
    ids: tuple[str, ...]
    nonces: Mapping[str, bytes]

    @property
    def text(self) -> str:
        """The root as it is published."""
        return root_text(self.tree.size, self.tree.root)

    def proof(self, bid_id: str) -> dict[str, Any]:
        """Return the proof for one bid: for its bidder alone, since it holds the nonce.

        Raises
        ------
        KeyError
            If there is no such bid.
        """
        return self._proof(self.nonces[bid_id], self.ids.index(bid_id))

    def proofs(self) -> Iterator[dict[str, Any]]:
        """Yield every bid's proof, in the order of the leaves."""
        for index, bid_id in enumerate(self.ids):
            yield self._proof(self.nonces[bid_id], index)

    def _proof(self, nonce: bytes, index: int) -> dict[str, Any]:
        return {
            "format": PROOF_FORMAT,
            "id": self.ids[index],
            "nonce": nonce.hex(),
            "index": index,
            "size": self.tree.size,
            "path": [one.hex() for one in self.tree.path(index)],
        }


def offers_root(document: Mapping[str, Any], nonces: Mapping[str, bytes]) -> OffersRoot:
    """Return the Merkle tree over a problem's offers and packages.

    Parameters
    ----------
    document
        A problem without defects (of which offers and packages may be all that is there).
    nonces
        ``NONCE_BYTES`` random bytes for each of them, by id; each is told its bidder alone.

    Returns
    -------
    OffersRoot
        Its leaves are sorted by id (by code points), so that the order of the document does not
        matter; each is the RFC 9162 hash of ``commitment(nonce, bid_bytes(bid))``.

    Raises
    ------
    ValueError
        If a bid has no nonce, or one of another length.
    """
    bids = sorted(_bids(document), key=lambda bid: str(bid["id"]))
    ids = tuple(bid["id"] for bid in bids)
    if any(len(nonces.get(one, b"")) != NONCE_BYTES for one in ids):
        raise ValueError(f"each bid needs a nonce of {NONCE_BYTES} bytes")
    entries = [commitment(nonces[bid["id"]], bid_bytes(bid)) for bid in bids]
    return OffersRoot(MerkleTree(entries), ids, {one: nonces[one] for one in ids})


def _bids(document: Mapping[str, Any]) -> Iterator[Bid]:
    for kind in _KINDS:
        yield from document.get(kind, ())


def root_text(size: int, root: bytes) -> str:
    """Return a root as it is published: the number of bids, a colon, the hash in hexadecimal."""
    return f"{size}:{root.hex()}"


def parsed_root(text: str) -> tuple[int, bytes]:
    """Return the number of bids and the hash of a published root.

    Raises
    ------
    DocumentError
        If it is no such text.
    """
    found = _ROOT.fullmatch(text)
    if found is None:
        expected = "a published root: the number of bids, a colon, 64 hexadecimal digits"
        raise DocumentError([defect("", "wrong_type", expected=expected)])
    return int(found[1]), bytes.fromhex(found[2])


def inclusion_faults(bid: Bid, proof: Mapping[str, Any], root: str) -> list[dict[str, str]]:
    """Return what speaks against a bid standing unaltered under a root; nothing: it does.

    Parameters
    ----------
    bid
        The offer or package as its bidder made it.
    proof
        From ``OffersRoot.proof``.
    root
        As published.

    Returns
    -------
    list of dict
        ``pointer`` (into the proof), ``code`` and ``detail`` of each fault.

    Raises
    ------
    DocumentError
        If the root is none, or the bid has no canonical form.
    """
    size, digest = parsed_root(root)
    faults = list(_malformed(proof))
    if faults:
        return faults
    if proof["id"] != bid.get("id"):
        faults.append(_fault("/id", "another_bid", "The proof is for another bid."))
    if proof["size"] != size:
        faults.append(_fault("/size", "another_root", f"The root is over {size} bids."))
    entry = commitment(bytes.fromhex(proof["nonce"]), bid_bytes(bid))
    path = [bytes.fromhex(one) for one in proof["path"]]
    if root_by_path(entry, proof["index"], proof["size"], path) != digest:
        detail = "The bid, its nonce and the path do not lead to the root."
        faults.append(_fault("", "not_included", detail))
    return faults


def _malformed(proof: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Yield what keeps a proof from being read at all."""
    for name in sorted(proof.keys() - set(_FIELDS)):
        yield _fault(pointer(name), "unknown_field", "A proof has no such field.")
    kinds: dict[str, Callable[[Any], bool]] = {
        "format": lambda value: bool(value == PROOF_FORMAT),
        "id": lambda value: isinstance(value, str),
        "nonce": _is_hash,
        "index": _is_count,
        "size": _is_count,
        "path": lambda value: isinstance(value, list) and all(map(_is_hash, value)),
    }
    for name, fits in kinds.items():
        if name not in proof or not fits(proof[name]):
            yield _fault(pointer(name), "no_proof", f"This is no {name} of a proof.")


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and _HEX.fullmatch(value) is not None


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _fault(at: str, code: str, detail: str) -> dict[str, str]:
    return {"pointer": at, "code": code, "detail": detail}
