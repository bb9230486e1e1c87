"""Documents with several defects each, and every defect that they have."""

from typing import Any

from tests.allocation.documents import item, lot, offer, package, problem

Entry = dict[str, Any]
Expected = list[tuple[str, str]]


def ruled(*rules: Entry, **more: Any) -> Entry:
    return problem(offer(), rules=list(rules), **more)


SHARE: Entry = {"id": "R", "kind": "share", "measure": "value"}

MALFORMED: dict[str, tuple[Any, Expected]] = {
    "empty": (
        {},
        [("/format", "missing_field"), ("/currency", "missing_field"), ("/lots", "missing_field")],
    ),
    "head": (
        {**problem(), "format": "jejaring.allocation-problem/2", "currency": "", "extra": 1},
        [("/format", "not_one_of"), ("/currency", "empty_text"), ("/extra", "unknown_field")],
    ),
    "types": (
        {**problem(), "lots": {}, "firms": "A", "offers": [3], "periods": []},
        [
            ("/lots", "wrong_type"),
            ("/firms", "wrong_type"),
            ("/bidders/0/members/0", "unknown_id"),
            ("/bidders/1/members/0", "unknown_id"),
            ("/bidders/2/members/0", "unknown_id"),
            ("/bidders/3/members/0", "unknown_id"),
            ("/bidders/3/members/1", "unknown_id"),
            ("/offers/0", "wrong_type"),
            ("/periods", "empty_list"),
        ],
    ),
    "lots": (
        problem(
            lots=[
                lot("L", "-1"),
                lot("L", ["1", "2"], increment="0"),
                lot("M", "x", colour="red"),
                {"unit": "pc"},
            ]
        ),
        [
            ("/lots/0/demand", "below_zero"),
            ("/lots/1/id", "duplicate_id"),
            ("/lots/1/demand", "wrong_period_count"),
            ("/lots/1/increment", "not_above_zero"),
            ("/lots/2/demand", "not_a_decimal"),
            ("/lots/2/colour", "unknown_field"),
            ("/lots/3/id", "missing_field"),
            ("/lots/3/demand", "missing_field"),
        ],
    ),
    "parties": (
        {
            **problem(),
            "firms": [{"id": "A"}, {"id": "A"}, {"id": "B", "size": 3}, {"id": "C", "tags": [""]}],
            "bidders": [
                {"id": "K", "members": []},
                {"id": "K", "members": ["A", "A", "Z"]},
                {"id": "J"},
            ],
            "resources": [{"id": "R", "firm": "Q", "capacity": ["1", "2"]}, {"id": "S"}],
        },
        [
            ("/firms/1/id", "duplicate_id"),
            ("/firms/2/size", "wrong_type"),
            ("/firms/3/tags/0", "empty_text"),
            ("/bidders/0/members", "empty_list"),
            ("/bidders/1/id", "duplicate_id"),
            ("/bidders/1/members/1", "repeated_entry"),
            ("/bidders/1/members/2", "unknown_id"),
            ("/bidders/2/members", "missing_field"),
            ("/resources/0/firm", "unknown_id"),
            ("/resources/0/capacity", "wrong_period_count"),
            ("/resources/1/capacity", "missing_field"),
        ],
    ),
    "offers": (
        problem(
            offer("a", bidder="Z", of="Y", price="-5"),
            offer("a", increment="1.5", minimum="-1", uses=[{"resource": "R"}]),
            offer("c", workshare={"A": "0.5", "B": "0.4"}),
            offer("d", bidder="AB", workshare={"A": "0.5", "B": "0.4"}, order="1.5"),
            {"id": "e", "setup": True},
        ),
        [
            ("/offers/0/bidder", "unknown_id"),
            ("/offers/0/lot", "unknown_id"),
            ("/offers/0/price", "below_zero"),
            ("/offers/1/id", "duplicate_id"),
            ("/offers/1/increment", "not_a_multiple"),
            ("/offers/1/minimum", "below_zero"),
            ("/offers/1/uses/0/resource", "unknown_id"),
            ("/offers/2/workshare", "shares_not_one"),
            ("/offers/2/workshare/B", "not_a_member"),
            ("/offers/3/workshare", "shares_not_one"),
            ("/offers/3/order", "not_whole"),
            ("/offers/4/setup", "not_a_decimal"),
            ("/offers/4/bidder", "missing_field"),
            ("/offers/4/lot", "missing_field"),
            ("/offers/4/price", "missing_field"),
        ],
    ),
    "tiers": (
        problem(
            offer("a", price={"kind": "stepped", "tiers": [{"from": "0", "unit": "1"}]}),
            offer("b", price={"kind": "incremental", "tiers": [{"from": "1", "unit": "1"}]}),
            offer(
                "c",
                price={
                    "kind": "all_units",
                    "tiers": [{"from": f, "unit": "1"} for f in ("0", "5", "5", "3")],
                },
            ),
            offer("d", price={"kind": "all_units", "tiers": []}),
            offer("e", price={"kind": "all_units", "tiers": [{"from": "0"}]}),
        ),
        [
            ("/offers/0/price/kind", "not_one_of"),
            ("/offers/1/price/tiers/0/from", "first_tier_not_zero"),
            ("/offers/2/price/tiers/2/from", "tiers_out_of_order"),
            ("/offers/2/price/tiers/3/from", "tiers_out_of_order"),
            ("/offers/3/price/tiers", "empty_list"),
            ("/offers/4/price/tiers/0/unit", "missing_field"),
        ],
    ),
    "packages": (
        problem(
            offer("P"),
            packages=[
                package("P", "A", "5", item("L", "1", "2"), item("M", ["1", "2"], "2")),
                package("Q", "Z", "5", uses=[{"resource": "R", "amount": ["1", "2"]}]),
            ],
        ),
        [
            ("/packages/0/id", "duplicate_id"),
            ("/packages/0/items", "item_values_not_price"),
            ("/packages/0/items/1/lot", "unknown_id"),
            ("/packages/0/items/1/quantity", "wrong_period_count"),
            ("/packages/1/bidder", "unknown_id"),
            ("/packages/1/items", "empty_list"),
            ("/packages/1/uses/0/resource", "unknown_id"),
            ("/packages/1/uses/0/amount", "wrong_period_count"),
        ],
    ),
    "charges and discounts": (
        problem(
            offer("a"),
            offer("b", of="M"),
            lots=[lot("L"), {**lot("M"), "unit": "kg"}],
            charges=[{"id": "C", "amount": "1", "any_of": ["a", "a", "z"]}],
            discounts=[
                {
                    "id": "C",
                    "on": ["a", "b"],
                    "basis": "quantity",
                    "kind": "incremental",
                    "tiers": [{"from": "2", "percent": "101"}],
                },
                {
                    "id": "D",
                    "on": ["a"],
                    "basis": "value",
                    "kind": "all_units",
                    "tiers": [{"from": "0", "percent": "-1"}],
                },
            ],
        ),
        [
            ("/charges/0/any_of/1", "repeated_entry"),
            ("/charges/0/any_of/2", "unknown_id"),
            ("/discounts/0/id", "duplicate_id"),
            ("/discounts/0/basis", "units_differ"),
            ("/discounts/0/kind", "incremental_needs_value"),
            ("/discounts/0/tiers/0/from", "first_tier_not_zero"),
            ("/discounts/0/tiers/0/percent", "above_limit"),
            ("/discounts/1/on/0", "offer_in_two_discounts"),
            ("/discounts/1/tiers/0/percent", "below_zero"),
        ],
    ),
    "choices and requires": (
        problem(
            offer("a"),
            choices=[{"id": "X", "of": ["a", "a"], "min": "1.5"}, {"id": "Y", "of": []}],
            requires=[{"id": "X", "if": "z", "then_any_of": ["y"]}, {"id": "Q", "if": "a"}],
        ),
        [
            ("/choices/0/of/1", "repeated_entry"),
            ("/choices/0/min", "not_whole"),
            ("/choices/1/of", "empty_list"),
            ("/requires/0/id", "duplicate_id"),
            ("/requires/0/if", "unknown_id"),
            ("/requires/0/then_any_of/0", "unknown_id"),
            ("/requires/1/then_any_of", "missing_field"),
        ],
    ),
    "rule fields": (
        ruled(
            {"id": "R", "kind": "fair"},
            {"id": "S"},
            {"id": "T", "kind": "count", "of": "country", "per": "year", "max": "-1"},
            {"id": "U", "kind": "count", "of": "bidder", "measure": "value"},
            {"id": "V", "kind": "top_share", "each": "firm", "n": 0, "measure": "value"},
            {"id": "W", "kind": "split", "shares": ["1"], "penalty": "3"},
        ),
        [
            ("/rules/0/kind", "not_one_of"),
            ("/rules/1/kind", "missing_field"),
            ("/rules/2/of", "not_one_of"),
            ("/rules/2/per", "not_one_of"),
            ("/rules/2/max", "below_zero"),
            ("/rules/3/measure", "unknown_field"),
            ("/rules/4/n", "not_above_zero"),
            ("/rules/4/max", "missing_field"),
            ("/rules/5/penalty", "unknown_field"),
        ],
    ),
    "rule meaning": (
        ruled(
            {**SHARE, "scope": {"lots": ["Z"], "firms": ["Y"], "offers": ["X"], "sizes": ["m"]}},
            {**SHARE, "id": "S", "per": "lot", "prior": {"selected": "1"}, "prior_other": "1"},
            {**SHARE, "id": "T", "prior": {"G": "1"}},
            {"id": "U", "kind": "split", "shares": ["0.2", "0.5"], "scope": {"bidders": ["A"]}},
            {"id": "U", "kind": "consistent", "of": "bidder", "select": {}},
        ),
        [
            ("/rules/0/scope/lots/0", "unknown_id"),
            ("/rules/0/scope/firms/0", "unknown_id"),
            ("/rules/0/scope/offers/0", "unknown_id"),
            ("/rules/0/scope/sizes", "unknown_field"),
            ("/rules/1/prior", "prior_with_per"),
            ("/rules/1/prior_other", "prior_with_per"),
            ("/rules/2/prior/G", "prior_key"),
            ("/rules/3/shares", "shares_not_one"),
            ("/rules/3/shares/1", "shares_increase"),
            ("/rules/3/scope/bidders", "scope_lots_only"),
            ("/rules/4/id", "duplicate_id"),
            ("/rules/4/select", "unknown_field"),
        ],
    ),
    "pins": (
        problem(
            offer("a"),
            packages=[package("P", "A", "1", item("L", "1"))],
            pins=[
                {"id": "N"},
                {"id": "O", "offer": "a", "package": "P", "accept": True},
                {"id": "P", "offer": "z", "accept": True},
                {"id": "Q", "package": "P", "min": "1"},
                {"id": "Q", "package": "P", "accept": "yes"},
            ],
        ),
        [
            ("/pins/0", "pin_target"),
            ("/pins/1", "pin_target"),
            ("/pins/2/offer", "unknown_id"),
            ("/pins/2/accept", "unknown_field"),
            ("/pins/3/min", "unknown_field"),
            ("/pins/3/accept", "missing_field"),
            ("/pins/4/id", "duplicate_id"),
            ("/pins/4/accept", "wrong_type"),
        ],
    ),
    "objective": (
        problem(
            offer("a", scores={"days": "x"}),
            offer("b", scores={}),
            packages=[package("P", "A", "1", item("L", "1"))],
            objective=[
                {"terms": [{"measure": "price"}, {"measure": "score:days"}, {"weight": "1"}]},
                {"terms": [], "tolerance": "-1"},
            ],
        ),
        [
            ("/offers/0/scores/days", "not_a_decimal"),
            ("/offers/1/scores/days", "score_missing"),
            ("/packages/0/scores/days", "score_missing"),
            ("/objective/0/terms/0/measure", "not_one_of"),
            ("/objective/0/terms/2/measure", "missing_field"),
            ("/objective/1/terms", "empty_list"),
            ("/objective/1/tolerance", "below_zero"),
        ],
    ),
    "reference": (
        problem(
            offer("a"),
            reference={
                "allocations": [
                    {"offer": "a", "quantities": ["1", "2"]},
                    {"offer": "a", "quantities": "1"},
                    {"offer": "z"},
                ],
                "packages": ["P"],
                "note": "",
            },
        ),
        [
            ("/reference/allocations/0/quantities", "wrong_period_count"),
            ("/reference/allocations/1/offer", "repeated_entry"),
            ("/reference/allocations/2/offer", "unknown_id"),
            ("/reference/allocations/2/quantities", "missing_field"),
            ("/reference/packages/0", "unknown_id"),
            ("/reference/note", "unknown_field"),
        ],
    ),
    "periods": (
        problem(offer(maximum=["1"]), periods=["W1", "W1", ""]),
        [
            ("/offers/0/maximum", "wrong_period_count"),
            ("/periods/1", "repeated_entry"),
            ("/periods/2", "empty_text"),
        ],
    ),
    "floats and pointers": (
        problem(offer("a/b", price=0.5, workshare={"A/~": "1"}), lots=[lot("L", 1.5)]),
        [
            ("/lots/0/demand", "binary_float"),
            ("/offers/0/price", "binary_float"),
            ("/offers/0/workshare/A~1~0", "not_a_member"),
        ],
    ),
}
