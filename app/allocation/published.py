"""The JSON Schemas of problem and result, made from the tables that read them."""

import json
from pathlib import Path
from typing import Any

from app.allocation.reading.format import FORMAT, PROBLEM
from app.allocation.reading.format_rules import SCOPE

RESULT_FORMAT = "jejaring.allocation-result/1"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_EXAMPLES = Path(__file__).parent / "examples"
_DIGITS = r"(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?"


def _number(pattern: str, description: str, **limits: int) -> dict[str, Any]:
    """Return the schema of a number that may also be given as a decimal string."""
    kinds = [{"type": "number", **limits}, {"type": "string", "pattern": f"^{pattern}$"}]
    return {"anyOf": kinds, "description": description}


NUMBERS = {
    "id": {"type": "string", "minLength": 1},
    "decimal": _number(f"-?{_DIGITS}", "An exact decimal."),
    "amount": _number(_DIGITS, "An exact decimal, 0 or more.", minimum=0),
    "positive": _number(_DIGITS, "An exact decimal above 0.", exclusiveMinimum=0),
    "percent": _number(_DIGITS, "An exact decimal from 0 to 100.", minimum=0, maximum=100),
    "whole": _number(r"(0|[1-9][0-9]*)(\.0+)?", "A whole number, 0 or more.", minimum=0),
    "positive_whole": _number(r"[1-9][0-9]*(\.0+)?", "A whole number above 0.", exclusiveMinimum=0),
}


def example(name: str) -> dict[str, Any]:
    """Return the published example of a ``problem`` or of its ``result``."""
    found: dict[str, Any] = json.loads((_EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return found


def problem_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of an allocation problem."""
    return {
        "$schema": _DIALECT,
        "$id": f"urn:{FORMAT.replace('/', ':')}",
        "title": "Allocation problem",
        **PROBLEM.schema(),
        "$defs": {**NUMBERS, SCOPE.name: SCOPE.definition()},
        "examples": [example("problem")],
    }


def result_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of an allocation result."""
    return {
        "$schema": _DIALECT,
        "$id": f"urn:{RESULT_FORMAT.replace('/', ':')}",
        "title": "Allocation result",
        **_object(_RESULT, "format", "problem_sha256", "status", "solver"),
        "$defs": _RESULT_TYPES,
        "examples": [example("result")],
    }


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


_TEXT = {"type": "string"}
_EXACT = {"$ref": "#/$defs/exact"}
_ROW = _list(_EXACT)
_TIER = {"type": "integer", "minimum": 0, "description": "Counts from 0."}
_LOT_ROW = _object({"lot": _TEXT, "quantities": _ROW}, "lot", "quantities")
_RESULT_TYPES = {
    "exact": {
        "type": "string",
        "pattern": r"^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$",
        "description": "A decimal; one that never ends is cut to 12 places, half even.",
    }
}
_COST = ("price", "setup", "delivery", "freight", "carry", "over", "charges", "discounts")
_RESULT: dict[str, Any] = {
    "format": {"const": RESULT_FORMAT},
    "problem_sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "status": {"enum": ["optimal", "feasible", "infeasible", "unsolved", "cancelled"]},
    "complete": {"type": "boolean", "description": "False: some demand is unfilled."},
    "stages": _list(
        _object(
            {
                "value": _EXACT,
                "bound": _EXACT,
                "gap": {
                    "anyOf": [_EXACT, {"type": "null"}],
                    "description": "(value − bound) / |value|; null where only the value is 0.",
                },
            },
            "value",
            "bound",
            "gap",
        )
    ),
    "cost": _object(dict.fromkeys((*_COST, "shortfall", "penalties", "total"), _EXACT), "total"),
    "allocations": _list(
        _object(
            {
                "offer": _TEXT,
                "quantities": _ROW,
                "tier": _TIER,
                **dict.fromkeys(("price", "setup", "delivery", "freight"), _EXACT),
            },
            "offer",
            "quantities",
            "tier",
        )
    ),
    "packages": _list(_TEXT),
    "charges": _list(_TEXT),
    "discounts": _list(
        _object({"id": _TEXT, "tier": _TIER, "amount": _EXACT}, "id", "tier", "amount")
    ),
    "shortfalls": _list(
        _object(
            {
                "lot": _TEXT,
                "quantities": _ROW,
                "because": {**_list(_TEXT), "description": "What stands in the way, by name."},
            },
            "lot",
            "quantities",
            "because",
        )
    ),
    "early": _list(_LOT_ROW),
    "excess": _list(_LOT_ROW),
    "rules": _list(
        _object(
            {
                "id": _TEXT,
                "holds": {"type": "boolean"},
                "violation": _EXACT,
                "cells": _list(
                    _object(
                        {
                            **dict.fromkeys(("lot", "period", "who"), _TEXT),
                            **dict.fromkeys(("selected", "base", "violation"), _EXACT),
                        },
                        "selected",
                        "violation",
                    )
                ),
            },
            "id",
            "holds",
            "violation",
            "cells",
        )
    ),
    "conflict": {**_list(_TEXT), "description": "What cannot hold together; infeasible only."},
    "certificate": {"type": "object", "description": "A proof of the bounds."},
    "solver": _object(
        {
            "name": _TEXT,
            "version": _TEXT,
            "seed": {"type": "integer"},
            "threads": {"type": "integer"},
            "limit": _object(dict.fromkeys(("seconds", "deterministic"), _EXACT)),
            "gap_target": _EXACT,
            "seconds": _TEXT,
            "steps": _list({"type": "object"}),
        },
        "name",
        "version",
        "seed",
        "seconds",
        "steps",
    ),
}


def texts() -> dict[str, str]:
    """Return the published files' names and texts."""
    schemas = {"problem": problem_schema(), "result": result_schema()}
    return {
        f"allocation-{name}.schema.json": json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
        for name, schema in schemas.items()
    }


def write(folder: Path) -> None:
    """Write the published files."""
    for name, text in texts().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    # Reached only as a command; what it does is tested as ``write``.
    write(Path("openapi"))
