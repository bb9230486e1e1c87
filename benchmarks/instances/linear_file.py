"""Reads the part of the CPLEX LP format that the sourcing model is written in."""

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

_ROW = re.compile(r"(\w+):(.*?)(<=|>=|=)\s*(-?[\d.]+)(?=\s+\w+:|\s*$)", re.DOTALL)
_TERM = re.compile(r"([+-]?)\s*(\d+(?:\.\d+)?(?=\s))?\s*([A-Za-z]\w*)")


@dataclass(frozen=True)
class Row:
    """``Σ terms (sense) limit``."""

    terms: dict[str, Fraction]
    sense: str
    limit: Fraction


def rows(path: Path) -> dict[str, Row]:
    """Return the rows of a model by name.

    Raises
    ------
    ValueError
        If a line of the rows' section was not understood.
    """
    body = path.read_text().partition("Subject To")[2].partition("Binaries")[0]
    found = {
        name: Row(_terms(terms), sense, Fraction(limit))
        for name, terms, sense, limit in _ROW.findall(body)
    }
    if len(found) != body.count(":") or _ROW.sub("", body).strip():
        raise ValueError(f"{path.name}: not every row was understood")
    return found


def _terms(body: str) -> dict[str, Fraction]:
    if _TERM.sub("", body).strip():
        raise ValueError(f"not a sum of terms: {body}")
    return {
        name: Fraction(size or 1) * (-1 if sign == "-" else 1)
        for sign, size, name in _TERM.findall(body)
    }
