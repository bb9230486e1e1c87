"""``jejaring explain``: files, arguments, defects, Ctrl-C."""

import io
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from app.allocation import Options, Progress, commands, explaining, solve
from app.allocation.document import FORMAT, canonical, parse
from app.allocation.explaining import Step
from app.allocation.explaining.commands import KINDS, explain_files, step_bar
from tests.allocation.documents import lot, offer, problem
from tests.allocation.test_commands import Terminal, complaints
from tests.allocation.test_process import hard

CAP = {"id": "cap", "kind": "amount", "each": "bidder", "measure": "quantity", "max": "6"}
PROBLEM = problem(
    offer("a", scores={"days": "3"}),
    offer("b", "B", price="7", scores={"days": "1"}),
    offer("c", "C", price="9", scores={"days": "1"}),
    rules=[CAP],
    reference={"allocations": [{"offer": "c", "quantities": ["4"]}]},
)


@pytest.fixture
def stated(tmp_path: Path) -> str:
    path = tmp_path / "problem.json"
    path.write_bytes(canonical(PROBLEM))
    return str(path)


def explained(kind: str, stated: str, tmp_path: Path, **more: Any) -> dict[str, Any]:
    output = tmp_path / "explanation.json"
    assert explain_files(kind, stated, str(output), **more) == 0
    found = parse(output.read_bytes())
    assert found["question"] == kind
    assert found["format"] == "jejaring.allocation-explanation/1"
    return found


MORE: dict[str, dict[str, Any]] = {
    "frontier": {"axes": ["cost", "score:days"]},
    "replan": {"names": ["A"]},
}


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_is_answered(kind: str, stated: str, tmp_path: Path) -> None:
    found = explained(kind, stated, tmp_path, **MORE.get(kind, {}))
    assert found["unproven"] == []
    assert not _floats(found)


def _floats(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_floats, value.values()))
    if isinstance(value, list):
        return any(map(_floats, value))
    return isinstance(value, float)


def test_names_axes_and_a_known_result(stated: str, tmp_path: Path) -> None:
    known = tmp_path / "result.json"
    assert commands.solve_file(stated, str(known)) == 0
    by_path = {"known_path": str(known)}
    prices = explained("price-of-rule", stated, tmp_path, names=["cap"], **by_path)
    assert [one["id"] for one in prices["rules"]] == ["cap"]
    assert prices["solves"] == 1
    lost = explained("what-would-have-won", stated, tmp_path, names=["c"], bands=True, **by_path)
    assert lost["offers"] == [{"id": "c", "told": False}]
    front = explained("frontier", stated, tmp_path, axes=["cost", "-score:days"], most_points=2)
    assert front["axes"][1] == [{"measure": "score:days", "weight": "-1"}]
    again = explained("replan", stated, tmp_path, **by_path)
    assert again["moves"] == []
    assert "delivered" not in again
    share = explained("frontier", stated, tmp_path, axes=["cost", "-share:bidders=B,C"])
    assert share["axes"][1][0]["select"] == {"bidders": ["B", "C"]}


def test_delivered_periods_are_kept(tmp_path: Path) -> None:
    weeks = {"periods": ["W1", "W2"], "lots": [lot(demand=["4", "4"])]}
    plan = {"allocations": [{"offer": "a", "quantities": ["4", "4"]}]}
    path = tmp_path / "problem.json"
    path.write_bytes(canonical(problem(offer("a"), offer("b", "B"), reference=plan, **weeks)))
    more = {"names": ["A"], "frozen_until": "W1"}
    found = explained("replan", str(path), tmp_path, **more)
    assert found["delivered"] == {"a": "a delivered"}
    assert [one["after"] for one in found["moves"]] == [["4", "0"], ["0", "4"]]


@pytest.mark.parametrize(
    ("kind", "more", "code"),
    [
        ("why", {}, "not_one_of"),
        ("price-of-rule", {"names": ["none"]}, "unknown_id"),
        ("what-would-have-won", {"names": ["none"]}, "unknown_id"),
        ("replan", {"names": ["none"]}, "unknown_id"),
        ("replan", {"frozen_until": "W1"}, "unknown_id"),
        ("frontier", {"axes": ["cost", "share:bidders=none"]}, "unknown_id"),
        ("frontier", {}, "wrong_type"),
        ("frontier", {"axes": ["cost", "price"]}, "not_one_of"),
        ("conflict", {"time_limit": -1.0}, "bad_option"),
        ("conflict", {"gap": "much"}, "bad_option"),
        ("conflict", {"known_path": "nowhere.json"}, "unreadable_file"),
    ],
)
def test_bad_arguments_are_defects(
    stated: str, capsys: pytest.CaptureFixture[str], kind: str, more: dict[str, Any], code: str
) -> None:
    output = Path(stated).with_name("explanation.json")
    assert explain_files(kind, stated, str(output), **more) == 2
    assert code in {one["code"] for one in complaints(capsys)}
    assert not output.exists()


def test_a_bad_problem_is_told_with_all_its_defects(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"format": "x", "lots": [{"id": "a", "demand": -1}]}')
    for kind in KINDS:
        assert explain_files(kind, str(bad), str(tmp_path / "out.json")) == 2
        assert len(complaints(capsys)) == 3


def test_a_new_plan_needs_an_old_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "problem.json"
    path.write_text(json.dumps({"format": FORMAT, "currency": "IDR", "lots": []}))
    assert explain_files("replan", str(path), str(tmp_path / "out.json")) == 2
    (told,) = complaints(capsys)
    assert (told["pointer"], told["code"]) == ("/reference", "missing_field")


def test_a_result_of_another_problem_is_refused(
    stated: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = tmp_path / "result.json"
    known.write_text(json.dumps(solve(problem(offer()), Options())))
    output = tmp_path / "out.json"
    assert explain_files("conflict", stated, str(output), known_path=str(known)) == 1
    assert complaints(capsys)[0]["code"] == "failed"
    assert not output.exists()


def test_streams(
    stated: str, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = Path(stated).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert explain_files("conflict", "-", "-") == 0
    assert parse(capsysbinary.readouterr().out)["status"] == "possible"


def test_ctrl_c_writes_what_is_known(tmp_path: Path) -> None:
    path = tmp_path / "problem.json"
    path.write_bytes(canonical(hard()))
    timer = threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    found = explained("price-of-rule", str(path), tmp_path)
    timer.join()
    assert found["cancelled"]
    assert found["unproven"] == ["with all", "without two"]


def test_a_limit_ends_every_kind(tmp_path: Path) -> None:
    document = hard()
    for one in document["offers"]:
        one["scores"] = {"days": "1"}
    document["reference"] = {}
    path = tmp_path / "problem.json"
    path.write_bytes(canonical(document))
    found = explained("price-of-rule", str(path), tmp_path, time_limit=1.0)
    assert found["unproven"]
    found = explained("replan", str(path), tmp_path, time_limit=0.5)
    assert found["result"]["status"] in {"feasible", "unsolved", "optimal"}


def test_steps_are_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    with step_bar() as show:
        assert show is None
    monkeypatch.setattr(sys, "stderr", Terminal())
    with step_bar() as show:
        assert show is not None
        show(Step("with all", 0, 3))
        show(Step("without R", 1, 3, Progress(0, "2", "1", "0.5", "1")))


def test_the_page_names_every_question_and_its_function() -> None:
    page = Path("docs/explanations.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ") and "`" in line]
    told = {row.split("|")[3].strip(" `"): row.split("|")[2] for row in rows[1:]}
    assert set(told) == set(KINDS)
    functions = {name for cell in told.values() for name in cell.replace("`", "").split(",")}
    assert {name.strip() for name in functions} == set(explaining.__all__) - {"Step"}
