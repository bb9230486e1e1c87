"""The search of large tenders, held against the plain optimizer where that is possible."""

from decimal import Decimal
from fractions import Fraction

import pytest

from app.allocation import Options, solve
from app.allocation import document as documents
from app.allocation.evaluation import evaluate
from app.allocation.scale.search import search, supports
from tests.allocation.documents import lot, offer, problem
from tests.allocation.scale.carried import findings, limits, never, tender, tiny


def test_tiny_problems_against_their_optimum() -> None:
    best = carried = 0
    for seed in range(40):
        document = tiny(seed)
        typed = documents.read(document)
        if supports(typed) is not None:
            continue
        carried += 1
        found = search(typed, limits(seed=seed), never)
        result = solve(document, Options(limit_seconds=Decimal(20)))
        if result["status"] == "infeasible":
            assert found.plan is None, seed
            best += 1
            continue
        assert result["status"] == "optimal"
        optimum = Fraction(result["stages"][0]["value"])
        assert found.bound is None or found.bound <= optimum, seed
        if found.plan is not None:
            assert findings(document, typed, found) == [], seed
            assert found.value is not None
            assert found.value >= optimum, seed
            best += found.value == optimum
    assert carried > 20
    assert best >= 0.9 * carried


@pytest.mark.parametrize("seed", [1, 2])
def test_a_tender_of_every_feature(seed: int) -> None:
    document = tender(seed)
    typed = documents.read(document)
    assert supports(typed) is None
    found = search(typed, limits(work=3.0, seed=seed), never)
    assert findings(document, typed, found) == []
    assert found.bound is not None
    assert found.value is not None
    assert 0 < found.bound <= found.value
    # Not the optimum, but near it: awarding nothing costs about eight times as much.
    assert (found.value - found.bound) / found.value < Fraction(1, 10)


def test_work_alone_decides_what_is_found() -> None:
    typed = documents.read(tender(3))
    one = search(typed, limits(work=1.0, seed=5), never)
    two = search(typed, limits(work=1.0, seed=5, threads=2), never)
    assert one.plan == two.plan
    assert one.bound == two.bound
    assert one.work == two.work


def test_a_watch_stops_the_search() -> None:
    typed = documents.read(tender(4))
    seen: list[Fraction] = []

    def enough(value: Fraction | None, _bound: Fraction | None) -> bool:
        if value is not None:
            seen.append(value)
        return value is not None

    found = search(typed, limits(work=1e9), enough)
    assert found.plan is not None
    assert found.value is not None
    assert found.value <= seen[0]
    assert evaluate(typed, found.plan).cost["total"] == found.value


def test_what_cannot_be_carried_is_named() -> None:
    cheap = offer()
    priced = lot(shortfall_cost="9")

    def missing(**more: object) -> str | None:
        return supports(documents.read(problem(cheap, lots=[priced], **more)))

    assert missing() is None
    assert missing(rules=[{"id": "R", "kind": "consistent", "of": "bidder"}]) == (
        "rule R: kind consistent"
    )
    penalised = {"id": "R", "kind": "count", "of": "bidder", "max": 1, "penalty": "5"}
    assert missing(rules=[penalised]) == "rule R: a penalty"
    winners = [{"terms": [{"measure": "winners", "weight": "1"}]}]
    assert missing(objective=winners) == "an objective other than cost"
    assert supports(documents.read(problem(cheap))) == "a lot without a shortfall cost"


def test_numbers_beyond_64_bits_are_refused_not_rounded() -> None:
    wide = offer(price="123456789012345678901234567890")
    typed = documents.read(problem(wide, lots=[lot(shortfall_cost="9")]))
    assert supports(typed) == "numbers beyond 62 bits"
