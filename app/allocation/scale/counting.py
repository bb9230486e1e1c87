"""Exact decimals as whole numbers of a common decimal unit."""

from collections.abc import Iterable
from decimal import Decimal

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
LARGEST = 2**62


class UnsupportedError(Exception):
    """The scale room cannot carry a feature; the message names it."""


def places(values: Iterable[Decimal]) -> int:
    """Return how many decimals the values have at most."""
    most = 0
    for value in set(values):
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > most:
            most = max(most, -_stripped(value))
    return most


def _stripped(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def whole(values: Iterable[Decimal], decimals: int) -> Ints:
    """Return decimals as whole numbers of ``10**-decimals``.

    Raises
    ------
    UnsupportedError
        Where one does not fit in 62 bits.
    """
    factor = 10**decimals
    known: dict[Decimal, int] = {}
    found = []
    for value in values:
        scaled = known.get(value)
        if scaled is None:
            top, bottom = value.as_integer_ratio()
            scaled = known[value] = top * factor // bottom
        found.append(scaled)
    if any(abs(value) >= LARGEST for value in known.values()):
        raise UnsupportedError("numbers beyond 62 bits")
    return np.array(found, dtype=np.int64)


def pointers(owners: Ints, size: int) -> Ints:
    """Return where each owner's entries begin, for entries sorted by owner (``size + 1``)."""
    return np.concatenate(([0], np.cumsum(np.bincount(owners, minlength=size)))).astype(np.int64)
