"""Passwords: argon2id, one verification for every attempt, and what a good one is."""

from collections.abc import Iterable
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.kit.problems import Fault, Malformed

SHORTEST = 12
LONGEST = 128
_DISTINCT = 5
_hasher = PasswordHash((Argon2Hasher(time_cost=3, memory_cost=65536, parallelism=4),))


def hashed(password: str) -> str:
    """Return the argon2id hash of a password."""
    return _hasher.hash(password)


def accepted(password: str, personal: Iterable[str], pointer: str) -> str:
    """Return the hash of a new password, or refuse a weak one."""
    refuse_weak(password, personal, pointer)
    return hashed(password)


@cache
def _nobodys() -> str:
    return hashed("nobody has this password")


def matches(password: str, known_hash: str | None) -> bool:
    """Tell whether a password is the one of a hash; without a hash it takes as long."""
    good = _hasher.verify(password, known_hash or _nobodys())
    return good and known_hash is not None


def refuse_weak(password: str, personal: Iterable[str], pointer: str) -> None:
    """Refuse a password that is easily guessed from what is known of its user.

    Raises
    ------
    Malformed
        With the defect's place.
    """
    low = password.casefold()
    parts = {part for text in personal for part in text.casefold().replace("@", " ").split()}
    if len(set(low)) < _DISTINCT:
        raise Malformed(faults=[Fault(pointer, "weak_password", "repeats too few characters")])
    known = sum(len(part) for part in parts if len(part) > 3 and part in low)
    if len(low) - known < SHORTEST // 2:
        raise Malformed(
            faults=[Fault(pointer, "weak_password", "must not be made of your name or address")]
        )
