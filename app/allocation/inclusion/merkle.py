"""The Merkle tree of RFC 9162: its root, the path from a leaf to it, and the way back."""

import hashlib
from collections.abc import Iterator, Sequence

DIGEST_BYTES = 32
_LEAF, _NODE = b"\x00", b"\x01"


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf; its prefix keeps a leaf from being taken for a node."""
    return hashlib.sha256(_LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over two others."""
    return hashlib.sha256(_NODE + left + right).digest()


class MerkleTree:
    """The tree over a list of entries, every level kept: 150,000 entries take about 20 MB.

    Parameters
    ----------
    entries
        In order. The left subtree of a node over n of them holds the largest power of two below n;
        put level on level: neighbours are paired, and one without a neighbour moves up as it is.
    """

    def __init__(self, entries: Sequence[bytes]) -> None:
        self.levels = [[leaf_hash(entry) for entry in entries]]
        while len(self.levels[-1]) > 1:
            self.levels.append(list(_paired(self.levels[-1])))

    @property
    def size(self) -> int:
        """The number of entries."""
        return len(self.levels[0])

    @property
    def root(self) -> bytes:
        """The hash of the whole tree; of no entries that of nothing."""
        return self.levels[-1][0] if self.size else hashlib.sha256(b"").digest()

    def path(self, index: int) -> list[bytes]:
        """Return the neighbours on the way from an entry up to the root (RFC 9162, 2.1.3.1)."""
        found = []
        for level in self.levels[:-1]:
            neighbour = index ^ 1
            if neighbour < len(level):
                found.append(level[neighbour])
            index //= 2
        return found


def _paired(level: Sequence[bytes]) -> Iterator[bytes]:
    for i in range(0, len(level) - 1, 2):
        yield node_hash(level[i], level[i + 1])
    if len(level) % 2:
        yield level[-1]


def root_by_path(entry: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that a path leads to (RFC 9162, 2.1.3.2).

    Parameters
    ----------
    entry
        What the leaf was made of.
    index, size
        The leaf's place, from 0, among how many.
    path
        The neighbours from the leaf up.

    Returns
    -------
    bytes or None
        ``None`` where there is no such place, or its path has another length.
    """
    if not 0 <= index < size:
        return None
    here, last, found = index, size - 1, leaf_hash(entry)
    for neighbour in path:
        if last == 0:
            return None
        # At the right edge a node without a neighbour moves up as it is.
        while here == last and here % 2 == 0:
            here, last = here // 2, last // 2
        found = node_hash(neighbour, found) if here % 2 else node_hash(found, neighbour)
        here, last = here // 2, last // 2
    return found if last == 0 else None
