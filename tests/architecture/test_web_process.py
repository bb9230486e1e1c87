"""The web process stays light: no solver and nothing that only a solver needs."""

import json
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT

HEAVY = {"ortools", "pandas"}


def modules_after(statement: str) -> set[str]:
    """The top-level modules that a fresh interpreter holds after a statement."""
    code = f"import json, sys\n{statement}\nprint(json.dumps(sorted(sys.modules)))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}


@pytest.mark.parametrize("module", ["app.main", "app.models", "app.allocation.document"])
def test_importing_loads_no_solver(module: str) -> None:
    loaded = modules_after(f"import {module}")
    assert "app" in loaded
    assert not loaded & HEAVY


def test_building_the_web_application_loads_no_solver() -> None:
    loaded = modules_after("from app.main import create_app\ncreate_app().openapi()")
    assert "fastapi" in loaded
    assert not loaded & HEAVY


def test_the_measure_notices_a_solver() -> None:
    assert modules_after("import ortools") & HEAVY == {"ortools"}
