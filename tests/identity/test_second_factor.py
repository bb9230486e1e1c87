"""The second factor: enrolled, confirmed, used once per step, recovered, removed."""

from datetime import datetime

import pyotp
import pytest

from app.kit.secretbox import Box, SecretKeyError
from tests.identity.browser import PASSWORD, Browser, signed_up
from tests.support.api import World


def code_now(world: World, secret: str, steps: int = 0) -> str:
    with world.app.state.database.read() as session:
        now: datetime = world.app.state.clock.now(session)
    return pyotp.TOTP(secret).generate_otp(int(now.timestamp()) // 30 + steps)


def enrolled(world: World) -> tuple[Browser, str, list[str]]:
    """A signed-in browser whose user has a second factor, its secret and recovery codes."""
    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    browser.sign_in()
    made = browser.post("/v1/second-factor", {"password": PASSWORD})
    assert made.status_code == 201, made.text
    secret = made.json()["secret"]
    answer = browser.post("/v1/second-factor/confirmation", {"code": code_now(world, secret)})
    assert answer.status_code == 200, answer.text
    world.wait(minutes=2)
    return browser, secret, answer.json()["recovery_codes"]


def test_it_holds_only_once_confirmed(world: World) -> None:
    browser = signed_up(world, "CV Logam Presisi", "sari@example.co.id")
    browser.sign_in()
    assert browser.post("/v1/second-factor", {"password": "wrong-guess-1"}).status_code == 401
    made = browser.post("/v1/second-factor", {"password": PASSWORD}).json()
    assert made["uri"].startswith("otpauth://totp/Jejaring:sari%40example.co.id?secret=")
    assert browser.sign_in().status_code == 201
    assert not browser.get("/v1/second-factor").json()["in_force"]
    wrong = browser.post("/v1/second-factor/confirmation", {"code": "000000x"})
    assert wrong.json()["code"] == "second_factor_needed"
    good = {"code": code_now(world, made["secret"])}
    assert browser.post("/v1/second-factor/confirmation", good).status_code == 200
    assert browser.post("/v1/second-factor/confirmation", good).status_code == 409
    view = browser.get("/v1/second-factor").json()
    assert view == {"in_force": True, "recovery_codes_left": 10}


def test_signing_in_needs_a_code_and_a_code_counts_once(world: World) -> None:
    browser, secret, _codes = enrolled(world)
    for code in (None, "", "000000x"):
        answer = browser.sign_in(code=code)
        assert (answer.status_code, answer.json()["code"]) == (401, "second_factor_needed")
    code = code_now(world, secret)
    answer = browser.sign_in(code=code)
    assert answer.status_code == 201
    assert answer.json()["second_factor"] is True
    assert browser.sign_in(code=code).status_code == 401
    assert browser.sign_in(code=code_now(world, secret, -1)).status_code == 401
    world.wait(seconds=30)
    assert browser.sign_in(code=code_now(world, secret)).status_code == 201


def test_a_wrong_code_does_not_tell_a_wrong_password(world: World) -> None:
    browser, secret, _codes = enrolled(world)
    answer = browser.sign_in(password="wrong-guess-1", code=code_now(world, secret))
    assert answer.json()["code"] == "login_failed"


def test_codes_are_guessed_as_slowly_as_passwords(world: World) -> None:
    browser, _secret, _codes = enrolled(world)
    for _ in range(10):
        assert browser.sign_in(code="000000x").status_code == 401
    assert browser.sign_in(code="000000x").status_code == 429


def test_a_recovery_code_works_once(world: World) -> None:
    browser, _secret, codes = enrolled(world)
    assert len(set(codes)) == 10
    assert browser.sign_in(code=codes[3]).status_code == 201
    assert browser.sign_in(code=codes[3]).status_code == 401
    assert browser.get("/v1/second-factor").json()["recovery_codes_left"] == 9


def test_it_is_removed_with_password_and_code(world: World) -> None:
    browser, secret, _codes = enrolled(world)
    path = "/v1/second-factor/removal"
    assert browser.post(path, {"password": PASSWORD}).status_code == 401
    body = {"password": PASSWORD, "code": code_now(world, secret)}
    assert browser.post(path, body).status_code == 204
    assert browser.sign_in().status_code == 201
    assert browser.post(path, {"password": PASSWORD}).status_code == 409


def test_its_secret_is_not_readable_in_the_database(world: World, database) -> None:
    _browser, secret, codes = enrolled(world)
    with database.engine.connect() as connection:
        rows = str(connection.exec_driver_sql("select * from totps").all())
        rows += str(connection.exec_driver_sql("select * from recovery_codes").all())
    assert secret not in rows
    assert not [code for code in codes if code in rows]


def test_a_box_opens_only_with_its_key_and_in_its_place(tmp_path) -> None:
    box = Box(tmp_path / "a" / "secret.key")
    sealed = box.seal(b"secret", "totp:a")
    assert (tmp_path / "a" / "secret.key").stat().st_mode & 0o777 == 0o600
    assert Box(tmp_path / "a" / "secret.key").open(sealed, "totp:a") == b"secret"
    with pytest.raises(SecretKeyError):
        box.open(sealed, "totp:b")
    with pytest.raises(SecretKeyError):
        Box(tmp_path / "b.key").open(sealed, "totp:a")
    for wrong in ("short", "c2hvcnQ="):
        with pytest.raises(SecretKeyError):
            Box(tmp_path / "c.key", wrong).seal(b"x", "y")
