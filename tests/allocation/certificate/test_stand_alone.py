"""The checker as an auditor runs it: one copied folder, nothing else of ours, never a traceback."""

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

from app.allocation import checker
from app.allocation.certificate.commands import check_certificate_files
from tests.allocation.certificate.proofs import certified, tender

SOURCE = Path(checker.__file__).parent
MODULES = sorted(SOURCE.glob("*.py"))


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    return certified(tender())


def written(folder: Path, result: Any) -> tuple[str, str]:
    problem_path, result_path = folder / "problem.json", folder / "result.json.gz"
    problem_path.write_text(json.dumps(tender()))
    result_path.write_bytes(gzip.compress(json.dumps(result).encode()))
    return str(problem_path), str(result_path)


def outside(path: Path) -> set[str]:
    """What a module imports that is not beside it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level != 1:
            found.add("." * node.level + (node.module or "").split(".")[0])
    return found


def test_it_imports_the_standard_library_and_itself_only() -> None:
    assert {"__init__", "__main__", "tree"} <= {path.stem for path in MODULES}
    assert set().union(*map(outside, MODULES)) <= sys.stdlib_module_names
    assert not {path.stem for path in MODULES} & sys.stdlib_module_names


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The folder as an auditor has it, in another folder."""
    folder = tmp_path / "audit" / "checker"
    folder.mkdir(parents=True)
    for path in MODULES:
        shutil.copy(path, folder)
    return folder


@pytest.mark.parametrize("run", [["-I", "checker"], ["-m", "checker"], ["-I", "{folder}"]])
def test_a_copied_folder_checks_a_result(
    run: list[str], copied: Path, tmp_path: Path, result: dict[str, Any]
) -> None:
    arguments = [one.format(folder=copied) for one in run]
    command = [sys.executable, *arguments, *written(tmp_path, result)]
    # Run by its whole path, it does not depend on where one stands.
    beside = tmp_path if "{folder}" in run else copied.parent
    done = subprocess.run(command, cwd=beside, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Stage 0: value ")
    written(tmp_path, {**result, "stages": [{"value": "1"}]})
    done = subprocess.run(command, cwd=beside, capture_output=True, text=True, check=False)
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
    assert checker.main(list(paths)) == 1
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
        assert checker.main([problem_path, str(tmp_path / "deep.json")]) == 1
        assert capsys.readouterr().out.startswith("The certificate does not hold: ")


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"status": "optimal"}', b"\x1f\x8b", b"\xff"])
def test_a_file_that_is_no_result_is_refused_in_words(
    text: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problem_path, _ = written(tmp_path, {})
    broken = tmp_path / "broken.json"
    broken.write_bytes(text)
    assert checker.main([problem_path, str(broken)]) == 1
    assert checker.main([str(broken), problem_path]) == 1
    assert checker.main([str(tmp_path / "none.json"), problem_path]) == 1
    assert checker.main([]) == 1
    assert "Traceback" not in capsys.readouterr().out
