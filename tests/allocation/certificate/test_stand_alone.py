"""The checker as an auditor runs it: one copied file, nothing else of ours, never a traceback."""

import ast
import gzip
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.allocation import check_certificate
from app.allocation.certificate.commands import check_certificate_files
from tests.allocation.certificate.proofs import certified, tender

SOURCE = Path(check_certificate.__file__)


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    return certified(tender())


def written(folder: Path, result: Any) -> tuple[str, str]:
    problem_path, result_path = folder / "problem.json", folder / "result.json.gz"
    problem_path.write_text(json.dumps(tender()))
    result_path.write_bytes(gzip.compress(json.dumps(result).encode()))
    return str(problem_path), str(result_path)


def imported(tree: ast.Module) -> set[str]:
    """The first names of what a module imports; a dot for what is beside it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or "").split(".")[0])
    return found


def test_it_imports_the_standard_library_only() -> None:
    found = imported(ast.parse(SOURCE.read_text(encoding="utf-8")))
    assert {"json", "fractions"} <= found
    assert found <= sys.stdlib_module_names


def test_it_is_read_in_a_quarter_of_an_hour() -> None:
    lines = SOURCE.read_text(encoding="utf-8").splitlines()
    assert 300 < len(lines) <= 500
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("beside", [True, False])
def test_a_copied_file_checks_a_result(
    beside: bool, tmp_path: Path, result: dict[str, Any]
) -> None:
    copied = tmp_path / "audit" / "check_certificate.py"
    copied.parent.mkdir()
    shutil.copy(SOURCE, copied)
    name = copied.name if beside else str(copied)
    command = [sys.executable, "-I", name, *written(tmp_path, result)]
    folder = copied.parent if beside else tmp_path
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Stage 0: value ")
    written(tmp_path, {**result, "stages": [{"value": "1"}]})
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "above the value" in done.stdout


def test_the_command_says_the_same(
    tmp_path: Path, result: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert check_certificate_files(*written(tmp_path, result)) == 0
    assert capsys.readouterr().out.startswith("Stage 0: ")
    assert check_certificate_files(*written(tmp_path, {**result, "certificate": 3})) == 1
    assert capsys.readouterr().out.startswith("The certificate does not hold: ")


@pytest.mark.parametrize("streamed", [0, 1])
def test_one_of_the_two_may_come_from_standard_input(
    streamed: int,
    tmp_path: Path,
    result: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    paths = list(written(tmp_path, result))
    assert check_certificate_files(*paths) == 0
    said = capsys.readouterr().out
    data = Path(paths[streamed]).read_bytes()
    paths[streamed] = "-"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert check_certificate_files(*paths) == 0
    assert capsys.readouterr().out == said


def test_not_both_may_come_from_standard_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_certificate_files("-", "-") == 1
    assert "only one of the two" in capsys.readouterr().out


MALFORMED: list[Any] = [
    None,
    [],
    "text",
    {},
    {"stages": None},
    {"stages": 5},
    {"stages": []},
    {"stages": [None]},
    {"stages": [{"bound": "0"}]},
    {"stages": [{"tree": {"duals": {}}}]},
    {"stages": [{"bound": "x", "tree": {"duals": {}}}]},
    {"stages": [{"bound": "1e999999999", "tree": {"duals": {}}}]},
    {"stages": [{"bound": "1/3", "tree": {"duals": {}}}]},
    {"stages": [{"bound": "NaN", "tree": {"duals": {}}}]},
    {"stages": [{"bound": True, "tree": {"duals": {}}}]},
    *(
        {"stages": [{"bound": "-1000000", "tree": tree}]}
        for tree in (
            None,
            7,
            "leaf",
            [],
            {},
            {"duals": []},
            {"duals": {"demand[L,]": None}},
            {"duals": {"demand[L,]": "1_0"}},
            {"duals": {"demand[L,]": " 1"}},
            {"duals": {"demand[L,]": []}},
            {"duals": {}, "ray": {}},
            {"ray": {}},
            {"on": [], "at": 0, "low": {"duals": {}}, "high": {"duals": {}}},
            {"on": "use[O1]", "at": None, "low": {"duals": {}}, "high": {"duals": {}}},
            {"on": "use[O1]", "at": -1, "low": {"duals": {}}, "high": {"duals": {}}},
            {"on": "use[O1]", "at": 1, "low": {"duals": {}}, "high": {"duals": {}}},
            {"prices": {}, "parts": None},
            {"prices": {}, "parts": [{}]},
            {"prices": {}, "parts": [{"of": "nothing", "tree": {"duals": {}}}]},
            {"prices": {}, "parts": [{"of": 4, "tree": {"duals": {}}}]},
            {"prices": {"none": "1"}, "parts": []},
        )
    ),
]


@pytest.mark.parametrize("k", range(len(MALFORMED)))
def test_a_malformed_certificate_is_refused_in_words(
    k: int, tmp_path: Path, result: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    paths = written(tmp_path, {**result, "certificate": MALFORMED[k]})
    assert check_certificate.main(list(paths)) == 1
    assert capsys.readouterr().out.startswith("The certificate does not hold: ")


def test_a_bottomless_tree_is_refused_in_words(
    tmp_path: Path, result: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    node = '{"on": "use[O1]", "at": 0, "low": {"duals": {}}, "high": '
    for levels in (500, 50_000):
        tree = node * levels + '{"duals": {}}' + "}" * levels
        problem_path, _ = written(tmp_path, {})
        text = json.dumps({**result, "certificate": {"stages": [{"bound": 0, "tree": "HERE"}]}})
        (tmp_path / "deep.json").write_text(text.replace('"HERE"', tree))
        assert check_certificate.main([problem_path, str(tmp_path / "deep.json")]) == 1
        assert capsys.readouterr().out.startswith("The certificate does not hold: ")


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"status": "optimal"}', b"\x1f\x8b", b"\xff"])
def test_a_file_that_is_no_result_is_refused_in_words(
    text: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problem_path, _ = written(tmp_path, {})
    broken = tmp_path / "broken.json"
    broken.write_bytes(text)
    assert check_certificate.main([problem_path, str(broken)]) == 1
    assert check_certificate.main([str(broken), problem_path]) == 1
    assert check_certificate.main([str(tmp_path / "none.json"), problem_path]) == 1
    assert check_certificate.main([]) == 1
    assert "Traceback" not in capsys.readouterr().out
