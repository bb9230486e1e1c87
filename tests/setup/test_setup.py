"""Setting up: once, exactly, by one process at a time, and repairable."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import dev_setup
from tests.setup.checkout import Checkout

INSTALLING = "Installing"


def run_command(folder: Path, place: Path, *arguments: str) -> str:
    """Run the installed `jejaring` of a checkout in some place; return what it prints."""
    command = [str(folder / ".venv" / "bin" / "jejaring"), *arguments]
    done = subprocess.run(command, cwd=place, env={}, capture_output=True, text=True, check=True)
    return done.stdout


def test_the_first_call_sets_up_and_the_second_only_starts(checkout: Checkout) -> None:
    first = checkout.call("demo", "--once", "two words")
    assert first.returncode == 0, first.stderr
    assert INSTALLING in first.stdout
    said = "arguments: ['demo', '--once', 'two words'] packages: ['runner']"
    assert first.stdout.splitlines()[-1] == said
    second = checkout.call("demo", "--once", "two words")
    assert second.stdout.splitlines() == [said]


def test_development_adds_the_tools_and_the_service_keeps_them(ready: Checkout) -> None:
    started = ready.call("serve")
    assert started.stdout.splitlines() == ["arguments: ['serve'] packages: ['runner', 'tool']"]


def test_the_command_works_from_anywhere(ready: Checkout, tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").write_text("raise SystemExit('another app')\n")
    said = run_command(ready.folder, tmp_path, "solve", "a b")
    assert said == "arguments: ['solve', 'a b'] packages: ['runner', 'tool']\n"


def test_a_wrong_hash_is_refused_and_a_mended_lock_installs_exactly(checkout: Checkout) -> None:
    good = (checkout.folder / "requirements-dev.lock").read_text().splitlines()
    checkout.lock("requirements-dev.lock", good[0], good[1][:-4] + "0000")
    refused = checkout.call("setup")
    assert refused.returncode == 1
    assert "HASH" in refused.stderr.upper()
    assert "could not be installed" in refused.stderr
    checkout.lock("requirements-dev.lock", *good)
    assert checkout.call("setup").returncode == 0
    checkout.lock("requirements-dev.lock", good[0])
    assert INSTALLING in checkout.call("setup").stdout
    assert checkout.call("demo").stdout.splitlines()[-1].endswith("packages: ['runner']")


def test_an_interrupted_set_up_is_repaired(checkout: Checkout) -> None:
    """The process is killed while its installer, which outlives it, still writes."""
    started, go_on = checkout.bin / "started", checkout.bin / "go-on"
    for pipe in (started, go_on):
        os.mkfifo(pipe)
    half = checkout.folder / ".venv" / "half-written"
    script = f"touch '{half}'\necho yes > '{started}'\nread answer < '{go_on}'\nexit 0"
    checkout.program("uv", script)
    killed = checkout.start("demo")
    assert started.read_text() == "yes\n"
    killed.kill()
    killed.wait()
    for stream in (killed.stdout, killed.stderr):  # the installer has them still: not to be read
        assert stream is not None
        stream.close()
    checkout.program("uv", "exit 0")
    waiting = checkout.start("demo")
    assert waiting.stdout is not None
    assert "waiting" in waiting.stdout.readline()
    assert half.exists()
    go_on.write_text("on\n")
    out, err = waiting.communicate()
    assert waiting.returncode == 0, err
    assert out.splitlines()[-1].startswith("arguments: ['demo']")
    assert not half.exists()


def test_two_at_once_set_up_once(checkout: Checkout) -> None:
    checkout.program("uv", f"echo once >> '{checkout.bin}/log'")
    processes = [checkout.start("demo") for _ in range(2)]
    outputs = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert sum(output.count(INSTALLING) for output in outputs) == 1
    assert (checkout.bin / "log").read_text() == "once\n"


def test_a_copied_checkout_gets_an_environment_of_its_own(ready: Checkout, tmp_path: Path) -> None:
    copied = tmp_path / "elsewhere"
    shutil.copytree(ready.folder, copied, symlinks=True)
    other = Checkout(tmp_path / "scaffold" / "x")
    other.folder, other.wheels = copied, ready.wheels
    assert other.call("demo").returncode == 0
    assert str(copied) in (copied / ".venv" / "bin" / "jejaring").read_text()
    assert run_command(copied, tmp_path).startswith("arguments: []")


def test_uv_that_fails_is_followed_by_pip(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    called = []

    def run(command: list[str | Path]) -> int:
        called.append(command[:3])
        return int(command[0] == "uv")

    monkeypatch.setattr("shutil.which", lambda name: name)
    monkeypatch.setattr(dev_setup, "_pip", lambda: ["pip"])
    monkeypatch.setattr(dev_setup, "_installed", set)
    monkeypatch.setattr(dev_setup, "run", run)
    dev_setup._install(dev_setup.LOCKS["run"])
    assert called == [["uv", "pip", "sync"], ["pip", "install", "-qq"]]
    assert "trying pip" in capsys.readouterr().out


def test_uv_is_told_to_check_every_hash(checkout: Checkout) -> None:
    checkout.program("uv", f"echo \"$@\" > '{checkout.bin}/asked'")
    assert checkout.call("setup").returncode == 0
    asked = (checkout.bin / "asked").read_text()
    assert asked.startswith("pip sync --quiet --require-hashes --python ")
    assert asked.endswith("requirements-dev.lock\n")


def test_without_any_installer_the_missing_piece_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dev_setup, "_ask", lambda _code, _python="": None)
    with pytest.raises(SystemExit) as left:
        dev_setup._pip()
    package = f"python3.{sys.version_info.minor}-venv"
    line = dev_setup.install_line(debian=package, homebrew="python3")
    assert f"\n    {line}\n" in str(left.value)


@pytest.mark.parametrize(
    ("platform", "user", "line"),
    [
        ("linux", 0, "apt-get update && apt-get install -y chromium"),
        ("linux", 1000, "sudo apt-get update && sudo apt-get install -y chromium"),
        ("darwin", 501, "brew install --cask chromium"),
    ],
)
def test_the_line_to_type(
    monkeypatch: pytest.MonkeyPatch, platform: str, user: int, line: str
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr("os.geteuid", lambda: user)
    assert dev_setup.install_line(debian="chromium", homebrew="--cask chromium") == line


def test_without_ensurepip_the_pip_outside_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(code: str, python: str | Path = dev_setup.PYTHON) -> str | None:
        return "" if (code, python) == ("import pip", dev_setup._base_python()) else None

    monkeypatch.setattr(dev_setup, "_ask", ask)
    base = dev_setup._base_python()
    assert dev_setup._pip() == [base, "-m", "pip", "--python", dev_setup.PYTHON]


def test_ctrl_c_says_so_without_a_traceback(checkout: Checkout) -> None:
    started = checkout.bin / "started"
    os.mkfifo(started)
    checkout.program("uv", f"echo yes > '{started}'\nexec sleep 60")
    process = checkout.start("demo")
    assert started.read_text() == "yes\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 1
    assert err == "Interrupted; the next call carries on from here.\n"
