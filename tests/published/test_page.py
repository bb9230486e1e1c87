"""The benchmark's command: what it prints, and which table of the page it writes."""

from argparse import Namespace
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from app.allocation.commands import solve_file, verify_files
from benchmarks import published
from benchmarks.instances.catalogue import chosen
from benchmarks.instances.instance import Known
from benchmarks.tables import page

ASKED = Namespace(seconds=Decimal(60), threads=1, certificate=20, patience=60)
PAGE = (
    "before\n<!-- published bid_evaluation_tiers -->\nold\n<!-- end of bid_evaluation_tiers -->\n"
    "<!-- published gap_orlib -->\nkept\n<!-- end of gap_orlib -->\n"
)


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "README.md"
    path.write_text(PAGE)
    monkeypatch.setattr(page, "PAGE", path)
    return path


def test_a_family_run_whole_writes_its_table(
    written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert published.run(chosen(["bid_evaluation_tiers"]), ASKED) == 0
    line = "| bid | 15210109.512 | 15210109.512 | proven | proven |"
    assert line in capsys.readouterr().out
    text = written.read_text()
    assert text.startswith("before\n<!-- published bid_evaluation_tiers -->\n")
    assert line in text
    assert "limit 60 s a solve" in text
    assert "old" not in text
    assert text.endswith(PAGE[PAGE.index("<!-- end of bid") :])


def test_a_part_of_a_family_is_only_printed(
    written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert published.run(chosen(["gap_orlib/gap1-0/min"]), ASKED) == 0
    assert "| gap1-0/min | 261 | 261 | proven | " in capsys.readouterr().out
    assert written.read_text() == PAGE


def test_a_page_without_the_place_is_refused(written: Path) -> None:
    with pytest.raises(ValueError, match="no place for cats_generated"):
        page.replace("cats_generated", "table")
    assert written.read_text() == PAGE


def test_an_answer_that_is_not_the_known_one_is_said_and_counted(
    written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (instance,) = chosen(["bid_evaluation_tiers"])
    wrong = replace(instance, known=Known(Fraction("15210109.511")))
    assert published.run([wrong], ASKED) == 1
    assert "1 not as known" in capsys.readouterr().out
    assert "yes, CONTRADICTS |" in written.read_text()


def test_the_command_names_instances_and_refuses_what_it_does_not_know(
    written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert published.main(["gap_orlib/gap1-0", "--list"]) == 0
    assert capsys.readouterr().out == "gap_orlib/gap1-0/min\ngap_orlib/gap1-0/max\n"
    with pytest.raises(SystemExit, match="2"):
        published.main(["nowhere"])
    assert "no such family or instance: nowhere" in capsys.readouterr().err
    assert written.read_text() == PAGE


def test_a_written_document_goes_through_the_command_line(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    assert published.main(["sourcing_rfp_peer", "--write", str(folder)]) == 0
    (problem,) = folder.iterdir()
    assert problem.name == "sourcing_rfp_peer.sourcing_with_freight.json"
    result = str(tmp_path / "result.json")
    assert solve_file(str(problem), result) == 0
    assert verify_files(str(problem), result) == 0
    assert '"optimal"' in Path(result).read_text()
