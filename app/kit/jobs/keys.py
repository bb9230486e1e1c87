"""A job's key and the ids of its attempts in the job engine."""

from app.kit.jobs.declarations import MAX_ATTEMPTS

_MARK = "#"
_LONGEST = 200


def checked(key: str, argument: str) -> None:
    """Raise `ValueError` unless key and argument are short words: ids, never data."""
    if not key.strip() or _MARK in key or len(key) > _LONGEST:
        raise ValueError(f"not a job key: {key!r}")
    if len(argument) > _LONGEST:
        raise ValueError("a job's argument is an id: the engine keeps it in clear")


def identity(key: str, attempt: int) -> str:
    """Return the engine's id of an attempt (counted from 1)."""
    return key if attempt == 1 else f"{key}{_MARK}{attempt}"


def split(workflow_id: str) -> tuple[str, int]:
    """Return the key and the attempt of an engine's id."""
    key, mark, attempt = workflow_id.partition(_MARK)
    return key, int(attempt) if mark else 1


def identities(key: str) -> list[str]:
    """Return every id that a key may have."""
    return [identity(key, attempt) for attempt in range(1, MAX_ATTEMPTS + 1)]
