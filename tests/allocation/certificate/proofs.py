"""Results with certificates, for tests."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from app.allocation import Options, solve
from app.allocation.certificate import certify
from app.allocation.check_certificate import check
from tests.allocation.documents import lot, offer, problem

Entry = dict[str, Any]


def certified(document: Mapping[str, Any], nodes: int = 200) -> Entry:
    """The verified result of a problem, with its certificate."""
    result = solve(document, Options())
    result["certificate"] = certify(document, result, budget_nodes=nodes)
    return result


def holds(document: Mapping[str, Any], result: Mapping[str, Any]) -> bool:
    try:
        check(document, result)
    except ValueError:
        return False
    return True


def gaps(result: Mapping[str, Any]) -> list[Fraction]:
    """How far each proven bound is below the value, relative to it."""
    pairs = zip(result["stages"], result["certificate"]["stages"], strict=True)
    values = ((Fraction(stage["value"]), Fraction(proof["bound"])) for stage, proof in pairs)
    return [(value - bound) / max(1, abs(value)) for value, bound in values]


def tender(**more: Any) -> Entry:
    """Two lots that need several offers each, with setups, packs, and one press."""
    lots = [lot("L", "10", shortfall_cost="90"), lot("M", "7", shortfall_cost="90")]
    press = [{"resource": "R", "per_unit": "2"}]
    offers = [
        offer("O1", "A", "L", "5", setup="20", maximum="6"),
        offer("O2", "B", "L", "6", setup="13", maximum="7", uses=press),
        offer("O3", "C", "L", "5.5", setup="17", minimum="4", maximum="8", increment="4"),
        offer("O4", "B", "M", "4", setup="11", maximum="4", uses=press),
        offer("O5", "C", "M", "5", setup="9", minimum="3", maximum="5"),
        offer("O6", "A", "M", "4.5", setup="14", maximum="6", increment="3"),
    ]
    resources = [{"id": "R", "firm": "B", "capacity": "9"}]
    return problem(*offers, lots=lots, resources=resources, **more)


def bare() -> Entry:
    """A problem whose columns and rows a person can count."""
    return problem(offer(price="5", setup="20"), lots=[lot(shortfall_cost="90")])
