"""Imports point one way: the contracts hold on the tree and fail on each seeded violation."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, python_files

LINTER = Path(sys.executable).parent / "lint-imports"


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    command = [str(LINTER), "--no-logo", "--no-cache"]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The modules of `app` and the contracts, free to be spoilt."""
    for path in python_files("app"):
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_the_contracts_hold() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "4 kept, 0 broken" in result.stdout


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("app/kit/seeded.py", "import app.tenders.models", "through the house BROKEN"),
        ("app/kit/seeded.py", "import app.allocation", "through the house BROKEN"),
        ("app/allocation/seeded.py", "import app.kit.clock", "through the house BROKEN"),
        ("app/identity/seeded.py", "import app.directory.models", "through the house BROKEN"),
        ("app/bids/seeded.py", "import app.orders.models", "through the house BROKEN"),
        ("app/orders/seeded.py", "import app.main", "through the house BROKEN"),
        ("app/allocation/seeded.py", "import sqlalchemy", "no settings BROKEN"),
        ("app/allocation/document.py", "import numpy", "without a solver BROKEN"),
        ("app/allocation/verify/seeded.py", "import app.allocation.solvers", "verifies BROKEN"),
    ],
)
def test_a_seeded_violation_fails(copy: Path, module: str, line: str, broken: str) -> None:
    with (copy / module).open("a") as source:
        source.write(f"\n{line}\n")
    result = lint(copy)
    assert result.returncode == 1, result.stdout + result.stderr
    assert broken in result.stdout


def test_a_room_without_a_layer_fails(copy: Path) -> None:
    (copy / "app" / "gossip.py").write_text('"""A room that nobody gave a place."""\n')
    result = lint(copy)
    assert result.returncode == 1
    assert "gossip" in result.stdout
