"""Numbers that no 64-bit engine holds: rows and objectives stay exact."""

from fractions import Fraction
from itertools import product
from random import Random

import pytest

from app.allocation import AllocationFailed, Options, solve
from app.allocation.linear import Linear
from app.allocation.model import Model
from app.allocation.solvers import engine
from app.allocation.solvers.search import Limits
from app.allocation.solvers.wide import LARGEST, TooWideError, fits, narrowed, rounded
from tests.allocation.documents import cost, lot, offer, problem, solved, totals

FREE = Limits(None, None, Fraction(0), 0, 1)


def never(_value: Fraction | None, _bound: Fraction | None) -> bool:
    return False


def drawn(seed: int) -> tuple[Model, Linear]:
    """A model of four columns with rows and an objective of 30 digits."""
    random = Random(seed)  # noqa: S311  # nothing secret is drawn
    model = Model()
    for name in "abcd":
        low = random.randrange(-2, 2)
        model.column(name, low, low + random.randrange(1, 4))

    def body() -> Linear:
        return Linear({j: random.randrange(-(10**30), 10**30) for j in range(4)})

    for k in range(2):
        limit = random.randrange(-(10**30), 2 * 10**30)
        model.row(f"row{k}", body(), upper=limit, lower=limit - 4 * 10**30)
    return model, body()


@pytest.mark.parametrize("seed", range(40))
def test_the_optimum_is_that_of_all_points(seed: int) -> None:
    model, objective = drawn(seed)
    ranges = [range(a, b + 1) for a, b in zip(model.lower, model.upper, strict=True)]
    allowed = [point for point in product(*ranges) if not model.violated(point)]
    outcome = engine.minimise(model, objective, {}, FREE, never)
    if not allowed:
        assert outcome.infeasible
        return
    best = min(objective.value(point) for point in allowed)
    assert (objective.value(outcome.point or ()), outcome.bound) == (best, best)


def test_rows_that_fit_are_left_as_they_are() -> None:
    model = Model()
    model.column("a", 0, 9)
    model.row("row", Linear({0: 3}), upper=20)
    assert narrowed(model).rows == model.rows


def test_limits_that_cannot_bind_are_dropped_and_impossible_ones_kept() -> None:
    model = Model()
    model.column("a", 0, 9)
    model.row("free", Linear({0: 1}), upper=10**30, lower=-(10**30))
    assert fits(model, model.rows[0])
    (row,) = narrowed(model).rows
    assert (row.lower, row.upper) == (None, None)
    model.row("never", Linear({0: 1}), lower=10**30)
    assert engine.minimise(model, Linear(), {}, FREE, never).infeasible


def test_rounding_an_objective_never_raises_it() -> None:
    for seed in range(20):
        model, objective = drawn(seed)
        aim = rounded(model, objective)
        assert not aim.exact
        ranges = [range(a, b + 1) for a, b in zip(model.lower, model.upper, strict=True)]
        for point in product(*ranges):
            assert aim.bound(aim.body.value(point)) <= objective.value(point)


def test_a_column_that_is_too_wide_is_refused() -> None:
    model = Model()
    model.column("a", 0, LARGEST)
    with pytest.raises(TooWideError, match="a takes too many values"):
        narrowed(model)
    document = problem(offer(), lots=[lot(demand="1e29")])
    with pytest.raises(AllocationFailed, match="too many"):
        solve(document, Options())


def test_prices_with_many_decimals_are_exact() -> None:
    price = "1.000000000000000000000001"
    document = problem(
        offer(price=price), offer("P", bidder="B", price="1.000000000000000000000002")
    )
    result = solved(document)
    assert totals(result) == {"O": 10}
    assert cost(result) == 10 * Fraction(price)


def test_discounts_and_top_shares_of_long_decimals_are_exact() -> None:
    price = "1.000000000000000000000001"
    tiers = [{"from": "0", "percent": "0"}, {"from": "10.00000000000000000000001", "percent": "10"}]
    discount = {"id": "D", "on": ["O"], "basis": "value", "kind": "all_units", "tiers": tiers}
    document = problem(offer(price=price), discounts=[discount])
    # Ten units are worth 10.00000000000000000000001: just enough.
    assert solved(document)["discounts"][0]["tier"] == 1
    tiers[1]["from"] = "10.000000000000000000000011"
    assert solved(document)["discounts"][0]["tier"] == 0
    rule = {"id": "R", "kind": "top_share", "each": "bidder", "n": 1, "measure": "value"}
    two = problem(
        offer(price=price), offer("P", bidder="B", price="2"), rules=[{**rule, "max": "0.55"}]
    )
    # 5·1.0…01 of about 15 is a third; 2·5 is two thirds: B may hold 0.55 at most.
    assert totals(solved(two)) == {"O": 7, "P": 3}


def test_unfilled_shares_of_many_different_demands_are_exact() -> None:
    demands = [97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151]
    lots = [lot(f"L{d}", str(d)) for d in demands]
    uses = [{"resource": "R", "per_unit": "1"}]
    document = problem(
        *(offer(f"O{d}", of=f"L{d}", uses=uses) for d in demands),
        lots=lots,
        resources=[{"id": "R", "capacity": "1000"}],
    )
    result = solved(document)
    # The capacity goes to the smallest lots: each unit fills the largest share there.
    left = 1000
    share = Fraction(0)
    for demand in demands:
        share += Fraction(demand - min(left, demand), demand)
        left -= min(left, demand)
    assert abs(Fraction(result["stages"][0]["value"]) - share) < Fraction(1, 10**11)
