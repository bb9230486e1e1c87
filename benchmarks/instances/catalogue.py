"""The families and how an instance is called from a command line."""

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase

from benchmarks.instances import (
    assignment,
    auctions,
    bid_evaluation,
    facility_location,
    lot_sizing,
    sourcing,
    total_quantity,
)
from benchmarks.instances.instance import Instance

FAMILIES: dict[str, Callable[[], list[Instance]]] = {
    module.FAMILY: module.instances
    for module in (
        bid_evaluation,
        sourcing,
        total_quantity,
        facility_location,
        assignment,
        auctions,
        lot_sizing,
    )
}


def every() -> list[Instance]:
    """Return all instances, family by family."""
    return [instance for read in FAMILIES.values() for instance in read()]


def chosen(words: Sequence[str]) -> list[Instance]:
    """Return the instances that any of the words means; none means all.

    A word is a family, the beginning of a name up to a ``/``, or a pattern with ``*``.

    Raises
    ------
    ValueError
        If a word means nothing.
    """
    instances = every()
    unknown = [word for word in words if not any(_means(word, one) for one in instances)]
    if unknown:
        raise ValueError(f"no such family or instance: {', '.join(unknown)}")
    return [one for one in instances if not words or any(_means(word, one) for word in words)]


def _means(word: str, instance: Instance) -> bool:
    name = instance.name
    return name == word or name.startswith(f"{word}/") or fnmatchcase(name, word)
