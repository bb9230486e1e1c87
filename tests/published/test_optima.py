"""The optimizer reaches the known optimum of every published instance that it proves in seconds."""

from decimal import Decimal
from typing import Any

import pytest

from app.allocation import Options, solve
from app.allocation.verify import verify
from benchmarks.instances.catalogue import FAMILIES, chosen
from benchmarks.instances.instance import Instance
from benchmarks.tables.measuring import measure

# Work, not seconds: what a loaded machine does not reach, no machine reaches.
ENOUGH = Options(limit_deterministic=Decimal(60))

QUICK = [
    "bid_evaluation_tiers",
    "sourcing_rfp_peer",
    "tqd_generated/tqd_n5_m6_r3_s1000",
    "tqd_generated/tqd_n6_m10_r3_s1001/V1",
    "tqd_generated/tqd_n6_m10_r3_s1001/V2",
    "tqd_generated/tqd_n8_m12_r3_s1002/V1",
    "tqd_generated/tqd_n8_m12_r3_s1002/V3",
    "cflp_orlib/cap41/split",
    "cflp_orlib/cap6[1-3]/split",
    "cflp_orlib/cap6[1-4]/single",
    "cflp_orlib/cap71/split",
    "cflp_orlib/cap74/*",
    "cflp_orlib/cap9[1-4]/single",
    "cflp_orlib/cap101/*",
    "gap_orlib/gap?-?/*",
    "gap_orlib/a?0100/*",
    "gap_orlib/a05100",
    "gap_orlib/b[12]0100/*",
    "gap_orlib/c05100",
    "cats_generated/[!a]*/forward",
    "cats_generated/arbitrary-g[24]*/forward",
    "cats_generated/arbitrary-g20-b60-s11/reverse",
    "cats_generated/arbitrary-g40-b150-s11/reverse",
    "cats_generated/L4-g40-b150-s11/reverse",
    "cats_generated/L7-g40-b150-s11/reverse",
    "cats_generated/paths-g?0-b[13]?0-s11/reverse",
    "cats_generated/regions-g20-b60-s11/reverse",
    "cats_generated/scheduling-g24-b100-s11/reverse",
    "lotsizing_trigeiro/X1[12]1[12]7?",
    "lotsizing_trigeiro/X11118A",
]
INFEASIBLE = [
    "tqd_generated/tqd_n6_m10_r3_s1001/V3",
    "tqd_generated/tqd_n8_m16_r4_s1003/V3",
    "cats_generated/paths-g20-b60-s11/reverse",
    "cats_generated/matching-g48-b120-s11/reverse",
]


def named(instance: Instance) -> str:
    return instance.name


@pytest.mark.parametrize("instance", chosen(QUICK), ids=named)
def test_the_known_optimum_is_reached_and_proven(instance: Instance) -> None:
    one = measure(instance, ENOUGH)
    assert (one.status, one.verified, one.failure) == ("optimal", True, "")
    assert one.value is not None
    assert one.value == one.bound
    known = instance.known
    assert known is not None
    if known.places is None:
        assert one.value == known.value
    else:
        low, high = known.interval()
        assert low <= one.value <= high


@pytest.mark.parametrize("instance", chosen(INFEASIBLE), ids=named)
def test_what_is_known_to_be_impossible_is_infeasible(instance: Instance) -> None:
    assert instance.known is not None
    assert instance.known.infeasible
    document = instance.build()
    result = solve(document, ENOUGH)
    assert result["status"] == "infeasible"
    assert verify(document, result) == []
    rules = {one["id"] for key in ("rules", "choices") for one in document.get(key, [])}
    assert set(result["conflict"]) <= rules


@pytest.mark.parametrize("instance", chosen(INFEASIBLE[2:]), ids=named)
def test_without_the_rules_the_same_demand_is_filled_as_far_as_it_can_be(
    instance: Instance,
) -> None:
    document: dict[str, Any] = instance.build() | {"rules": []}
    result = solve(document, ENOUGH)
    assert (result["status"], result["complete"]) == ("optimal", False)
    assert verify(document, result) == []
    covered = {item["lot"] for one in document["packages"] for item in one["items"]}
    never = {lot["id"] for lot in document["lots"]} - covered
    assert never <= {one["lot"] for one in result["shortfalls"]}


def test_every_family_is_among_the_quick_ones() -> None:
    assert {one.family for one in chosen(QUICK)} == set(FAMILIES)
