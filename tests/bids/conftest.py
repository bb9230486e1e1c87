"""A buyer's published tender of two lots, and firms that could bid for them."""

from typing import Any

import pytest

from tests.support.api import Firm, World
from tests.support.directory import profiled
from tests.support.networks import active_network
from tests.support.tenders import lot, publish_tender


@pytest.fixture
def buyer(world: World) -> Firm:
    return world.firm("PT Mesin Nusantara")


@pytest.fixture
def tender(world: World, buyer: Firm) -> dict[str, Any]:
    """Published, with the lots `bracket` and `plate`; it closes in an hour and opens at once."""
    return publish_tender(world, buyer, [lot("bracket"), lot("plate", ("100", "0"))])


@pytest.fixture
def firm(world: World) -> Firm:
    return profiled(world, "CV Logam Presisi")


@pytest.fixture
def lead(world: World) -> Firm:
    return profiled(world, "PT Pelat Utama")


@pytest.fixture
def member(world: World) -> Firm:
    return profiled(world, "CV Tekuk Jaya")


@pytest.fixture
def network(lead: Firm, member: Firm) -> dict[str, Any]:
    return active_network(lead, member)
