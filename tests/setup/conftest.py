"""Small checkouts with the real door, whose only packages are wheels made on the spot."""

from pathlib import Path

import pytest

from tests.setup.checkout import Checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A fresh checkout, never set up, in a folder with a space in its name."""
    return Checkout(tmp_path / "a checkout")


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A checkout that is set up for development; tests leave it as it is."""
    made = Checkout(tmp_path_factory.mktemp("ready") / "a checkout")
    done = made.call("setup")
    assert done.returncode == 0, done.stderr
    return made
