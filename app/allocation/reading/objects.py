"""Objects with named fields, and objects whose fields depend on one of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.allocation.reading.defects import defect, escape
from app.allocation.reading.kinds import BAD, Defects, Kind, canonical_value
from app.allocation.reading.values import Json


@dataclass(frozen=True)
class Field:
    """One field of an object: its kind, whether it must be there, and what it means."""

    kind: Kind
    about: str
    required: bool = False


def needed(kind: Kind, about: str) -> Field:
    """Return a field that must be there."""
    return Field(kind, about, required=True)


@dataclass(frozen=True)
class Object:
    """An object of known fields; any other field is a defect."""

    fields: Mapping[str, Field]
    about: str = ""
    name: str = ""
    required: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        names = tuple(name for name, known in self.fields.items() if known.required)
        object.__setattr__(self, "required", names)

    def read(self, value: Json, at: str, found: Defects) -> Json:
        """Return a dict of the fields that could be read."""
        if not isinstance(value, Mapping):
            found.append(defect(at, "wrong_type", expected="an object"))
            return BAD
        entries: dict[str, Any] = {}
        fields = self.fields
        for name, item in value.items():
            known = fields.get(name)
            if known is None:
                found.append(defect(f"{at}/{escape(name)}", "unknown_field", field=name))
                continue
            entry = known.kind.read(item, f"{at}/{name}", found)
            if entry is not BAD:
                entries[name] = entry
        for name in self.required:
            if name not in value:
                found.append(defect(f"{at}/{name}", "missing_field", field=name))
        return entries

    def canonical(self, value: Json) -> Json:
        """Return the object with each known field in its canonical form."""
        if not isinstance(value, Mapping):
            return canonical_value(value)
        fields = self.fields
        return {
            name: fields[name].kind.canonical(item) if name in fields else canonical_value(item)
            for name, item in value.items()
        }

    def schema(self) -> dict[str, Any]:
        """Return the object's schema, or where it has a name a reference to its definition."""
        return {"$ref": f"#/$defs/{self.name}"} if self.name else self.definition()

    def definition(self) -> dict[str, Any]:
        """Return an object schema that closes its fields."""
        properties = {}
        for name, known in self.fields.items():
            described = known.kind.schema()
            properties[name] = {**described, "description": known.about}
        shape: dict[str, Any] = {"type": "object"}
        if self.about:
            shape["description"] = self.about
        shape["properties"] = properties
        if self.required:
            shape["required"] = list(self.required)
        shape["additionalProperties"] = False
        return shape


@dataclass(frozen=True)
class ByField:
    """An object whose fields depend on the text in its field ``name``."""

    name: str
    variants: Mapping[str, Object]

    def read(self, value: Json, at: str, found: Defects) -> Json:
        """Return the dict that the chosen variant reads."""
        if not isinstance(value, Mapping):
            found.append(defect(at, "wrong_type", expected="an object"))
            return BAD
        here = f"{at}/{self.name}"
        if self.name not in value:
            found.append(defect(here, "missing_field", field=self.name))
            return BAD
        chosen = value[self.name]
        if not isinstance(chosen, str):
            found.append(defect(here, "wrong_type", expected="a text"))
            return BAD
        if chosen not in self.variants:
            allowed = ", ".join(self.variants)
            found.append(defect(here, "not_one_of", value=chosen, allowed=allowed))
            return BAD
        return self.variants[chosen].read(value, at, found)

    def canonical(self, value: Json) -> Json:
        """Return the canonical form of the chosen variant."""
        chosen = value.get(self.name) if isinstance(value, Mapping) else None
        if not isinstance(chosen, str) or chosen not in self.variants:
            return canonical_value(value)
        return self.variants[chosen].canonical(value)

    def schema(self) -> dict[str, Any]:
        """Return one alternative per variant."""
        return {"oneOf": [variant.schema() for variant in self.variants.values()]}


@dataclass(frozen=True)
class NumberOr:
    """A plain number, or an object in its place."""

    number: Kind
    other: Kind

    def read(self, value: Json, at: str, found: Defects) -> Json:
        """Return what the fitting kind reads."""
        return self._fitting(value).read(value, at, found)

    def canonical(self, value: Json) -> Json:
        """Return the fitting kind's canonical form."""
        return self._fitting(value).canonical(value)

    def schema(self) -> dict[str, Any]:
        """Return both alternatives."""
        return {"oneOf": [self.number.schema(), self.other.schema()]}

    def _fitting(self, value: Json) -> Kind:
        return self.other if isinstance(value, Mapping) else self.number
