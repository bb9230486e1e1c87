"""Walks sound values at full speed; whatever is out of order is left to the careful code.

Each kind of the format becomes one function without pointers and without defects. A value that it
cannot take as it is raises one of ``ODD``; the careful code then names what is wrong, or finds that
it was merely unusual. What becomes of a leaf is the careful code's own word, asked once for each
text, so that both say the same.
"""

from collections.abc import Callable
from typing import TypeAlias

from app.allocation.reading.defects import Defect
from app.allocation.reading.kinds import Kind, ListOf, MapOf, PerPeriod
from app.allocation.reading.objects import ByField, NumberOr, Object
from app.allocation.reading.values import Json
from app.allocation.reading.words import LABEL

# How many texts of one kind are remembered: no document may fill the memory with them.
_REMEMBERED = 2**18

Walk: TypeAlias = Callable[[Json], Json]


class OddError(Exception):
    """A value is not plainly sound."""


# An unknown field or variant is a KeyError, a list where one value belongs a TypeError.
ODD = (OddError, KeyError, TypeError)


class Remembered(dict[Json, Json]):
    """What ``make`` makes of texts.

    Only texts become keys: no number equals one, so that ``True`` is never taken for a stored 1.
    """

    def __init__(self, make: Walk) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, value: Json) -> Json:
        made = self.make(value)
        if value.__class__ is str and len(self) < _REMEMBERED:
            self[value] = made
        return made


def read_leaf(kind: Kind) -> Walk:
    """Return the function that reads a leaf as ``kind.read`` does; one with a defect is odd."""

    def read(value: Json) -> Json:
        found: list[Defect] = []
        made = kind.read(value, "", found)
        if found:
            raise OddError
        return made

    return read


class Sound:
    """Makes functions out of kinds.

    Parameters
    ----------
    leaf
        Gives the function that is applied to each leaf of a kind. Its answers to texts are
        remembered as long as this object lives.
    """

    def __init__(self, leaf: Callable[[Kind], Walk]) -> None:
        self._leaf = leaf
        self._leaves: dict[Kind, Remembered] = {}

    def walk(self, kind: Kind) -> Walk:
        """Return the function that copies a sound value of a kind with its leaves replaced."""
        match kind:
            case Object():
                made = self._object(kind)
            case ListOf():
                made = self._list(kind)
            case MapOf():
                made = self._map(kind)
            case ByField():
                made = self._by_field(kind)
            case PerPeriod():
                made = _either(list, self.walk(ListOf(kind.item)), self.walk(kind.item))
            case NumberOr():
                made = _either(dict, self.walk(kind.other), self.walk(kind.number))
            case _:
                leaves = self._leaves.setdefault(kind, Remembered(self._leaf(kind)))
                made = leaves.__getitem__
        return made

    def _object(self, kind: Object) -> Walk:
        walks = {name: self.walk(field.kind) for name, field in kind.fields.items()}
        required = kind.required

        def walk(value: Json) -> Json:
            if value.__class__ is not dict:
                raise OddError
            entries = {name: walks[name](item) for name, item in value.items()}
            for name in required:
                if name not in entries:
                    raise OddError
            return entries

        return walk

    def _list(self, kind: ListOf) -> Walk:
        item, may_be_empty = self.walk(kind.item), kind.may_be_empty

        def walk(value: Json) -> Json:
            if value.__class__ is not list or not (value or may_be_empty):
                raise OddError
            return tuple(map(item, value))

        return walk

    def _map(self, kind: MapOf) -> Walk:
        key, item = self.walk(LABEL), self.walk(kind.item)

        def walk(value: Json) -> Json:
            if value.__class__ is not dict:
                raise OddError
            return {key(name): item(entry) for name, entry in value.items()}

        return walk

    def _by_field(self, kind: ByField) -> Walk:
        name = kind.name
        variants = {chosen: self.walk(variant) for chosen, variant in kind.variants.items()}
        return lambda value: variants[value[name]](value)


def _either(container: type, several: Walk, one: Walk) -> Walk:
    return lambda value: several(value) if value.__class__ is container else one(value)
