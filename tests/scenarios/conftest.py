"""A buyer, another organisation, and results that the real solver found once."""

from typing import Any

import pytest

from app.allocation.options import Options
from tests.support.api import Firm, World
from tests.support.scenarios import in_process, problem


@pytest.fixture
def buyer(world: World) -> Firm:
    return world.firm("PT Pusat")


@pytest.fixture
def other(world: World) -> Firm:
    return world.firm("PT Lain")


@pytest.fixture(scope="session")
def optimal() -> dict[str, Any]:
    """The result of `tests.support.scenarios.problem()`."""
    return in_process(problem(), Options())
