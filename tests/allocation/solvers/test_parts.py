"""Models taken apart: rows, parts, bounds from multipliers and from single lots."""

from itertools import product
from random import Random

import numpy as np
import pytest

from app.allocation.linear import Linear
from app.allocation.model import SHARED, Model
from app.allocation.solvers.arrays import UNLIMITED, Arrays, arrays_of
from app.allocation.solvers.improving import Improving, Standing
from app.allocation.solvers.lots import LotBounds
from app.allocation.solvers.neighbourhoods import Neighbourhoods
from app.allocation.solvers.parts import Solving, own_rows, part_of
from app.allocation.solvers.relaxation import Multipliers, multipliers_of, relaxed

SEEDS = range(40)


def drawn(seed: int) -> tuple[Model, Arrays]:
    """A model of three lots of two columns each and one shared column, kept by its least point."""
    dice = Random(seed)  # noqa: S311  # no secret depends on it
    model = Model()
    for lot in range(3):
        for k in range(2):
            model.column(f"c[{lot},{k}]", 0, dice.randint(1, 3), lot)
    model.column("shared", 0, dice.randint(1, 2), SHARED)
    for lot in range(3):
        own = Linear({2 * lot: dice.randint(2, 4), 2 * lot + 1: dice.randint(3, 5)})
        model.row(f"need[{lot}]", own, lower=dice.randint(1, 4))
    several = Linear({j: dice.randint(0, 3) for j in range(6)}).plus(Linear.of(6, -2))
    model.row("room", several, upper=dice.randint(6, 12))
    model.row("tie[0]", Linear({0: 1, 6: -dice.randint(1, 3)}), upper=0)
    model.row("tie[1]", Linear({2: 1, 6: -dice.randint(1, 3)}), upper=0)
    objective = Linear({j: dice.randint(-2, 9) for j in range(7)})
    return model, arrays_of(model, objective)


def points(arrays: Arrays) -> list[np.ndarray]:
    """Every point that keeps every row, found by trying all."""
    ranges = [range(low, high + 1) for low, high in zip(arrays.lower, arrays.upper, strict=True)]
    every = (np.array(one, np.int64) for one in product(*ranges))
    return [point for point in every if arrays.holds(point)]


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_are_added_up_as_the_model_adds_them(seed: int) -> None:
    model, arrays = drawn(seed)
    dice = np.random.default_rng(seed)
    for _ in range(20):
        point = dice.integers(0, 5, arrays.columns)
        assert arrays.holds(point) == (model.violated(point.tolist()) == [])


def test_a_sum_beyond_64_bits_over_all_rows_is_still_right_in_each() -> None:
    model = Model()
    for k in range(40):
        wide, narrow = (model.column(f"{name}{k}", 0, 2) for name in "wn")
        model.row(f"r{k}", Linear({wide: 2**58, narrow: 1}), upper=2**59 + 2)
    arrays = arrays_of(model, Linear())
    assert arrays.activity(np.full(80, 2)).tolist() == [2**59 + 2] * 40
    assert arrays.holds(np.full(80, 2))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_part_keeps_the_rows_that_its_columns_can_break(seed: int) -> None:
    _, arrays = drawn(seed)
    near, feasible = Neighbourhoods(arrays), points(arrays)
    if not feasible:
        return
    start = feasible[len(feasible) // 2]
    for lots in ([0], [1], [0, 2]):
        free = near.free(lots)
        fixed = np.setdiff1d(np.arange(arrays.columns), free)
        part = part_of(arrays, free, start, arrays.activity(start))
        answer = Solving(part, arrays.cost[free], start[free]).solve(5.0, seed)
        assert answer.proven
        assert answer.point is not None
        found = start.copy()
        found[free] = answer.point
        alike = [p for p in feasible if (p[fixed] == start[fixed]).all()]
        assert arrays.holds(found)
        assert arrays.cost @ found == min(arrays.cost @ p for p in alike)


@pytest.mark.parametrize("engine", ["GLOP", "PDLP", "HIGHS"])
def test_multipliers_bound_every_point_and_lots_raise_them(engine: str) -> None:
    raised = 0
    for seed in SEEDS:
        _, arrays = drawn(seed)
        feasible = points(arrays)
        answer = relaxed(arrays, engine, 10.0)
        if not feasible or answer is None:
            continue
        multipliers, _ = answer
        least = min(int(arrays.cost @ p) for p in feasible)
        bounds = LotBounds(arrays, Neighbourhoods(arrays), multipliers)
        linear = bounds.bound
        assert linear == multipliers.bound(arrays) <= least
        while bounds.left:
            bounds.raise_by(2, seed, lambda: False)
        assert linear <= bounds.bound <= least
        raised += bounds.bound > linear
    assert raised > 5


def test_any_multipliers_whatever_bound_every_point() -> None:
    for seed in SEEDS:
        _, arrays = drawn(seed)
        feasible = points(arrays)
        duals = np.random.default_rng(seed).normal(0, 5, arrays.rows)
        duals[0] = np.nan
        bound = multipliers_of(arrays, duals).bound(arrays)
        assert all(bound <= int(arrays.cost @ p) for p in feasible)


def test_a_multiplier_of_a_side_without_a_limit_is_left_out() -> None:
    _, arrays = drawn(0)
    for row in range(arrays.rows):
        for sign in (1.0, -1.0):
            duals = np.zeros(arrays.rows)
            duals[row] = sign
            whole: Multipliers = multipliers_of(arrays, duals)
            limit = arrays.row_lower[row] if sign > 0 else -arrays.row_upper[row]
            assert bool(whole.whole[row]) == (limit > -UNLIMITED)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_search_moves_only_to_points_that_hold(seed: int) -> None:
    _, arrays = drawn(seed)
    feasible = points(arrays)
    if not feasible:
        return
    worst = max(feasible, key=lambda p: int(arrays.cost @ p))
    search = Improving(arrays, Standing.at(arrays, worst.copy()), seed, 2)
    for _ in range(4):
        for _ in search.sweep(lambda: False):
            assert arrays.holds(search.standing.point)
            assert search.standing.value == arrays.cost @ search.standing.point
            assert (search.standing.activity == arrays.activity(search.standing.point)).all()
    assert search.best_value == arrays.cost @ search.best
    assert search.best_value == min(int(arrays.cost @ p) for p in feasible)


def test_whose_a_column_is_and_which_rows_couple() -> None:
    _, arrays = drawn(1)
    near = Neighbourhoods(arrays)
    assert near.owner.tolist() == [0, 0, 1, 1, 2, 2, -1]
    assert near.coupling.tolist() == [False, False, False, True, True, True]
    model = Model()
    first, second = (model.column(f"q{k}", 0, 9, k) for k in (0, 1))
    helper = model.column("helper", 0, 1)
    further = model.column("further", 0, 1)
    model.row("link", Linear({first: 1, helper: -9}), upper=0)
    model.row("passes on", Linear({helper: 1, further: -1}), upper=0)
    model.row("both", Linear({first: 1, second: 1}), upper=9)
    near = Neighbourhoods(arrays_of(model, Linear()))
    assert near.owner.tolist() == [0, 1, 0, 0]
    assert near.coupling.tolist() == [False, False, True]
    part = own_rows(near.arrays, np.array([0, 2, 3]), ~near.coupling)
    assert part.start.tolist() == [0, 2, 4]
