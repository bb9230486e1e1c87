"""docs/model.md names the functions, rows, columns, checks and measures that the code has."""

import re
from collections.abc import Iterator
from pathlib import Path

from app.allocation import measures
from app.allocation.certificate.measures import relaxed
from app.allocation.document import read
from app.allocation.formulation import CONSTRAINTS, formulate
from app.allocation.measures import MEASURES, objective
from app.allocation.published import example
from app.allocation.ruling import KINDS
from app.allocation.verify import rules
from tests.allocation.tiny import drawn

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "model.md").read_text(encoding="utf-8")
CERTIFICATE = (DOCS / "certificate.md").read_text(encoding="utf-8")
VERIFIER = Path(rules.__file__).parent


def table(heading: str) -> Iterator[list[str]]:
    """The cells of the rows of a section's table."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    for row in re.findall(r"^\| (.+) \|$", section, re.MULTILINE)[1:]:
        yield row.split(" | ")


def names(cell: str) -> set[str]:
    return {re.match(r"[a-z_]+", one).group() for one in re.findall(r"`([^`]+)`", cell)}  # type: ignore[union-attr]  # all begin so


def family(name: str) -> str:
    return re.match(r"[a-z_]+", name).group()  # type: ignore[union-attr]  # all begin so


def made() -> tuple[set[str], set[str]]:
    """Families of rows and columns that many problems give."""
    row_names: set[str] = set()
    column_names: set[str] = set()
    for seed in range(400):
        problem = read(drawn(seed))
        formulation = formulate(problem)
        for stage in problem.objective:
            objective(formulation, stage)
        row_names.update(family(row.name) for row in formulation.model.rows)
        column_names.update(map(family, formulation.model.names))
    return row_names, column_names


def test_the_constraints_are_those_of_the_table_of_contents() -> None:
    listed = [row[3].strip("`") for row in table("Constraints")]
    assert listed == [function.__name__ for function in CONSTRAINTS]


def test_the_rows_and_columns_are_those_that_are_made() -> None:
    row_names, column_names = made()
    rows_told = set().union(*(names(row[4]) for row in table("Constraints")))
    of_measures = set().union(*(names(row[3]) for row in table("Measures")))
    assert row_names == rows_told | of_measures | {"wins", "some"}
    assert column_names == set().union(*(names(row[0]) for row in table("Columns")))


LINKS = {"wins", "some", "winner"}


def relaxation_rows() -> set[str]:
    """The rows of the relaxation that this page names."""
    rows = [*(row[6] for row in table("Constraints")), *(row[4] for row in table("Measures"))]
    return set().union(*map(names, rows))


def test_every_element_has_its_rows_in_the_relaxation_or_says_that_it_has_none() -> None:
    told = {row[0]: row[6] for row in table("Constraints")}
    assert {name for name, rows in told.items() if not names(rows)} == {"shortfall"}
    rows = [row[4] for row in table("Measures")]
    assert {one for one in (told["shortfall"], *rows) if not names(one)} == {"none"}


def test_the_relaxation_rows_are_those_that_are_made() -> None:
    """Earlier stages add rows of their own, ``stage[j]``."""
    made_rows: set[str] = set()
    for seed in range(400):
        relaxation, _ = relaxed(read(drawn(seed)))
        made_rows.update(map(family, relaxation.rows))
    assert made_rows | LINKS == relaxation_rows() | LINKS


def test_the_page_of_the_certificate_knows_every_relaxation_row() -> None:
    """There, each stands with what it is of in brackets, or as a name that `parts` takes."""
    known = re.findall(r"([a-z_]+)\[", CERTIFICATE) + re.findall(r"`([a-z_]+)`", CERTIFICATE)
    assert relaxation_rows() - set(known) == set()
    tables = re.findall(r"\| row \| says \|\n\|[-|]+\n((?:\|.*\n)+)", CERTIFICATE)
    rows = [line.split(" | ")[0] for one in tables for line in one.splitlines()]
    stated = {name for row in rows for name in re.findall(r"`([a-z_]+)\[", row)}
    assert stated
    assert stated <= relaxation_rows()


def test_every_check_is_one_of_the_verifiers() -> None:
    told = set().union(*(names(row[5]) for row in table("Constraints")))
    text = "".join(path.read_text(encoding="utf-8") for path in VERIFIER.glob("*.py"))
    assert {check for check in told if f'"{check}"' not in text} == set()
    limits = set(re.findall(r'yield "(\w+)"', text))
    assert limits - told == {"increment"}


def test_the_measures_are_those_of_the_objective() -> None:
    told = {row[0].strip("`"): row[2].strip("`") for row in table("Measures")}
    assert set(told) == {*MEASURES, "score:<name>"}
    assert all(hasattr(measures, function) for function in told.values())


def test_both_readings_of_the_rules_know_the_same_kinds() -> None:
    told = {row[0].removeprefix("rule ") for row in table("Constraints") if "rule " in row[0]}
    assert told == set(KINDS) == set(rules.KINDS)


def test_the_docstring_of_each_constraint_names_its_rows() -> None:
    for row in table("Constraints"):
        function = next(one for one in CONSTRAINTS if one.__name__ == row[3].strip("`"))
        assert any(name in (function.__doc__ or "") for name in names(row[4]))


def test_the_example_uses_the_formulas_of_the_page() -> None:
    formulation = formulate(read(example("problem")))
    assert {"demand", "capacity", "charges", "tier"} <= {
        family(row.name) for row in formulation.model.rows
    }
