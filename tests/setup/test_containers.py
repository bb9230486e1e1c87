"""Dockerfile and compose.yaml say what the program understands; no engine is needed to see that."""

import json
import re
from typing import Any

import pytest
import typer
import yaml  # type: ignore[import-untyped]  # its stubs are not worth a dependency

from app.cli import cli
from app.kit.config import Settings
from app.main import create_app
from tests.setup.checkout import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]


def commands() -> set[str]:
    group = typer.main.get_command(cli)
    return set(getattr(group, "commands", {}))


def last(instruction: str) -> str:
    """The last line of the Dockerfile with an instruction, without its name."""
    found: list[str] = re.findall(rf"^{instruction} +(.+)$", DOCKERFILE, re.MULTILINE)
    return found[-1]


def test_every_command_is_one_of_the_program() -> None:
    asked = {SERVICES[name]["command"][0] for name in OURS}
    assert asked == {"migrate", "serve", "worker"}
    assert asked | set(json.loads(last("CMD"))) <= commands()
    assert json.loads(last("ENTRYPOINT")) == ["python", "-m", "app.cli"]


def test_every_setting_is_one_of_the_program() -> None:
    known = {f"JEJARING_{name.upper()}" for name in Settings.model_fields}
    in_image = set(re.findall(r"(JEJARING_\w+)=", DOCKERFILE))
    in_compose = {name for service in OURS for name in SERVICES[service]["environment"]}
    assert in_image
    assert in_compose == {"JEJARING_DATABASE_URL"}
    assert in_image | in_compose <= known


def test_the_health_check_asks_a_path_that_exists() -> None:
    paths = re.findall(r"http://127\.0\.0\.1:8000(/[\w/]+)", DOCKERFILE)
    assert paths == ["/health/ready"]
    assert set(paths) <= set(create_app(Settings(database_url="sqlite://")).openapi()["paths"])


def test_the_image_is_locked_and_holds_no_tools() -> None:
    assert "--require-hashes --no-deps --requirement /requirements.lock" in DOCKERFILE
    assert "requirements-dev" not in DOCKERFILE
    assert last("USER") == "jejaring"


def test_what_is_copied_exists_and_reaches_the_builder() -> None:
    copied = re.findall(r"^COPY (?!--from)(\S+)", DOCKERFILE, re.MULTILINE)
    assert copied == ["requirements.lock", "app", "migrations"]
    allowed = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert set(allowed) == set(copied)
    assert all((ROOT / name).exists() for name in copied)


@pytest.mark.parametrize("name", ["web", "worker"])
def test_the_service_waits_for_the_migration(name: str) -> None:
    waits = SERVICES[name]["depends_on"]
    assert waits["migrate"]["condition"] == "service_completed_successfully"
    assert waits["database"]["condition"] == "service_healthy"
    assert SERVICES[name]["restart"] in {"always", "unless-stopped"}


def test_the_database_is_not_published_and_is_kept() -> None:
    assert "ports" not in SERVICES["database"]
    volume = SERVICES["database"]["volumes"][0].split(":")[0]
    assert volume in COMPOSE["volumes"]
    assert SERVICES["migrate"]["restart"] == "no"


def test_no_password_is_written_down() -> None:
    text = (ROOT / "compose.yaml").read_text()
    assert re.findall(r"JEJARING_DB_PASSWORD:[^?]", text) == []
    assert text.count("${JEJARING_DB_PASSWORD:?") == 2
