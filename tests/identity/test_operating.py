"""What an operator does: offices and keys by command, and the nightly forgetting."""

import json

import pytest
from typer.testing import CliRunner

from app.identity.commands import cli
from app.identity.privacy import jobs
from app.kit.jobs import Jobs
from app.kit.process import Process
from tests.identity.browser import signed_up
from tests.identity.oauth import a_service
from tests.support.api import World


@pytest.fixture(name="command")
def _command(world: World, database_url: str, tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JEJARING_DATABASE_URL", database_url)
    monkeypatch.setenv("JEJARING_DATA_DIR", str(tmp_path))
    return lambda *words: CliRunner().invoke(cli, list(words))


def test_an_office_is_appointed_by_command_only(world: World, command) -> None:
    office, firm = world.firm("Dinas"), world.firm("CV Logam")
    path = f"/v1/organisations/{firm.id}/verifications"
    body = {"level": "verified", "evidence": "seen"}
    assert office.post(path, body).status_code == 403
    for _ in range(2):
        assert command("appoint", office.id, "authority").exit_code == 0
    assert office.post(path, body).status_code == 201
    assert command("appoint", office.id, "king").exit_code == 2
    assert command("appoint", "org_unknown", "operator").exit_code == 2


def test_a_key_is_replaced_by_command(world: World, command) -> None:
    app, _user = a_service(world.firm("PT Penerbang"), world)
    app.token(grant_type="client_credentials")
    (old,) = world.client.get("/v1/oauth/jwks").json()["keys"]
    answer = command("rotate-key")
    assert answer.exit_code == 0
    shown = [key["kid"] for key in world.client.get("/v1/oauth/jwks").json()["keys"]]
    assert shown == [answer.stdout.strip(), old["kid"]]
    assert app.token(grant_type="client_credentials").status_code == 200


def test_forgetting_is_a_command_and_a_nightly_job(world: World, command, database) -> None:
    browser = signed_up(world, "CV Logam", "sari@example.co.id")
    browser.sign_in(password="wrong-guess-1")
    assert json.loads(command("forget").stdout) == {}
    world.wait(days=2)
    state = world.app.state
    jobs_of = Jobs(database.url)
    process = Process(database, state.clock, state.settings, jobs_of)
    handle = jobs.handlers(process)[jobs.SWEEP]
    handle(None)
    jobs_of.close()
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from login_attempts").scalar() == 0
    assert [cron.job for cron in jobs.CRONS] == [jobs.SWEEP]
