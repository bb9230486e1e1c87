"""What an instance is: a problem document, and the answer that is known for it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from fractions import Fraction
from pathlib import Path
from typing import Any

FORMAT = "jejaring.allocation-problem/1"
DATA = Path(__file__).resolve().parents[1] / "data"
_EXACT = Context(prec=200, traps=[Inexact])

Entry = dict[str, Any]


@dataclass(frozen=True)
class Known:
    """The answer that stands beside an instance, in the instance's own sense and unit.

    Parameters
    ----------
    value
        The optimum, or the best value known where it is not proven; ``None`` if infeasible.
    infeasible
        That there is no answer at all.
    bound
        What was proven where ``value`` is only the best known; else ``None``.
    places
        Decimal places to which the source rounds its values; ``None`` where they are exact.
    """

    value: Fraction | None
    infeasible: bool = False
    bound: Fraction | None = None
    places: int | None = None

    def interval(self) -> tuple[Fraction, Fraction]:
        """Return between what the true optimum lies, for a known answer with a value.

        Raises
        ------
        ValueError
            If the known answer is that there is none.
        """
        if self.value is None:
            raise ValueError("an infeasible instance has no optimum")
        half = Fraction(0) if self.places is None else Fraction(1, 2 * 10**self.places)
        other = self.value if self.bound is None else self.bound
        return min(self.value, other) - half, max(self.value, other) + half


def rounded(stated: str) -> Known:
    """Return a value that its source rounded (up or down) to the places that it writes."""
    return Known(Fraction(stated), places=len(stated.partition(".")[2]))


@dataclass(frozen=True)
class Instance:
    """One problem of a family.

    Parameters
    ----------
    name
        Family, file and reading: ``gap_orlib/gap1-0/min``.
    build
        Makes the problem document.
    known
        What is known of the answer, if anything.
    maximises
        That the published value is a greatest one: the document minimises its negative.
    """

    name: str
    build: Callable[[], Entry]
    known: Known | None
    maximises: bool = False

    @property
    def family(self) -> str:
        """The folder of the data."""
        return self.name.split("/")[0]

    def published(self, stage: Fraction) -> Fraction:
        """Return a value of the document's last stage in the published sense."""
        return -stage if self.maximises else stage


def text(number: Fraction | int) -> str:
    """Return a finite decimal, written plainly.

    Raises
    ------
    decimal.Inexact
        If the number has no finite decimal form.
    """
    whole = Fraction(number)
    found = _EXACT.divide(Decimal(whole.numerator), Decimal(whole.denominator))
    return f"{found:f}"


def document(
    lots: Iterable[Entry],
    members: Mapping[str, Sequence[str]],
    offers: Iterable[Entry],
    **more: list[Entry] | list[str],
) -> Entry:
    """Return a problem document; ``members`` names the firms of each bidder.

    The unit of money is abstract in most families, so the currency is the code for none.
    """
    firms = dict.fromkeys(firm for names in members.values() for firm in names)
    return {
        "format": FORMAT,
        "currency": "XXX",
        "lots": list(lots),
        "firms": [{"id": name} for name in firms],
        "bidders": [{"id": name, "members": list(names)} for name, names in members.items()],
        "offers": list(offers),
        **more,
    }


def alone(names: Iterable[str]) -> dict[str, list[str]]:
    """Return bidders that are single firms of the same name."""
    return {name: [name] for name in names}


def all_of(lots: Iterable[Entry]) -> list[Entry]:
    """Return hard rules that every lot with a single demand is filled.

    The format never calls demand itself impossible (it fills what can be filled); the published
    problems do.
    """
    return [
        {
            "id": f"all of {lot['id']}",
            "kind": "amount",
            "scope": {"lots": [lot["id"]]},
            "measure": "quantity",
            "min": lot["demand"],
        }
        for lot in lots
    ]
