"""Published schemas and examples, and published instances with known optima."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.allocation import Options, solve
from app.allocation.document import canonical, parse, problem_sha256
from app.allocation.published import example, problem_schema, result_schema, texts
from app.allocation.verify import verify
from tests.allocation.documents import offer, problem
from tests.allocation.malformed import MALFORMED
from tests.allocation.tiny import drawn

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent / "data"
PROBLEMS = Draft202012Validator(problem_schema())
RESULTS = Draft202012Validator(result_schema())


def test_the_published_files_are_up_to_date() -> None:
    for name, text in texts().items():
        assert (ROOT / "openapi" / name).read_text(encoding="utf-8") == text, (
            "run: python -m app.allocation.published"
        )


def test_the_schemas_are_schemas() -> None:
    Draft202012Validator.check_schema(problem_schema())
    Draft202012Validator.check_schema(result_schema())


def test_the_examples_fit_and_belong_together() -> None:
    PROBLEMS.validate(example("problem"))
    RESULTS.validate(example("result"))
    assert verify(example("problem"), example("result")) == []


@pytest.mark.parametrize("seed", range(40))
def test_problems_and_results_fit_their_schemas(seed: int) -> None:
    document = drawn(seed)
    PROBLEMS.validate(document)
    RESULTS.validate(solve(document, Options()))


# Defects that need more than one place to see: no schema can express them.
BEYOND = {
    "unknown_id",
    "duplicate_id",
    "repeated_entry",
    "wrong_period_count",
    "not_a_multiple",
    "first_tier_not_zero",
    "tiers_out_of_order",
    "shares_not_one",
    "shares_increase",
    "not_a_member",
    "item_values_not_price",
    "offer_in_two_discounts",
    "units_differ",
    "incremental_needs_value",
    "score_missing",
    "pin_target",
    "prior_with_per",
    "prior_key",
    "scope_lots_only",
    "not_one_of",
    "binary_float",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_documents_that_a_schema_can_refuse_are_refused(name: str) -> None:
    document, expected = MALFORMED[name]
    if any(code not in BEYOND for _, code in expected):
        assert not PROBLEMS.is_valid(document)


def published(name: str) -> Any:
    return parse((DATA / f"{name}.json").read_bytes())


def test_bid_evaluation_tiers_is_reproduced() -> None:
    document = published("bid_evaluation_tiers")
    result = solve(document, Options())
    assert result["status"] == "optimal"
    assert result["stages"][-1] == {
        "value": "15210109.512",
        "bound": "15210109.512",
        "gap": "0",
    }
    quantities = {one["offer"]: one["quantities"] for one in result["allocations"]}
    assert quantities == {"a": ["33000"], "c": ["165600"], "e": ["41000.48"]}


def test_the_example_problem_is_solved_as_published() -> None:
    result = solve(example("problem"), Options())
    assert Fraction(result["cost"]["total"]) == Fraction(example("result")["cost"]["total"])
    assert result["problem_sha256"] == problem_sha256(example("problem"))


def test_a_solved_problem_survives_its_own_text() -> None:
    document = problem(offer())
    assert solve(parse(canonical(document)), Options())["status"] == "optimal"
