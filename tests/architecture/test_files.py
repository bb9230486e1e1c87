"""The habits of the house that can be read off its files."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, calls, named, project_files, python_files, read_tree

LONGEST = 400
# A checker that an auditor copies is one file, read in one sitting.
ALONE = {"app/allocation/check_certificate.py": 500}
SENTENCE_END = re.compile(r"[.!?](?=\s+[A-Z\"'`(])")


def test_no_file_is_over_400_lines() -> None:
    files = python_files("app", "tests", "migrations", "benchmarks", "dev.py", "dev_setup.py")
    lengths = {named(path): len(path.read_text().splitlines()) for path in files}
    assert len(lengths) > 50, "the files were not found"
    longer = {name for name, lines in lengths.items() if lines > ALONE.get(name, LONGEST)}
    assert longer == set()


def opens_with_a_sentence(tree: ast.Module) -> bool:
    """Whether the docstring's first paragraph is one sentence."""
    purpose = (ast.get_docstring(tree) or "").split("\n\n")[0].strip()
    return purpose.endswith((".", "!", "?")) and not SENTENCE_END.search(purpose)


def test_every_module_opens_with_one_sentence_of_purpose() -> None:
    files = python_files("app", "benchmarks", "dev.py", "dev_setup.py")
    assert [named(path) for path in files if not opens_with_a_sentence(read_tree(path))] == []


@pytest.mark.parametrize(
    ("source", "good"),
    [
        ('"""Opens bids."""', True),
        ('"""Opens bids, version 1.2 of them; see `a.b`."""', True),
        ('"""Opens bids.\n\nMore about it. And more.\n"""', True),
        ('"""Opens bids. Closes tenders."""', False),
        ('"""Opens bids"""', False),
        ("", False),
    ],
)
def test_what_one_sentence_is(source: str, good: bool) -> None:
    assert opens_with_a_sentence(ast.parse(source)) is good


def selects(tree: ast.Module) -> list[int]:
    """The lines on which a module makes a SELECT of SQLAlchemy's."""
    makers = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for alias in node.names
        if alias.name == "select"
    }
    return [call.lineno for call in calls(tree) if is_select(call.func, {"select", *makers})]


def is_select(function: ast.expr, makers: set[str]) -> bool:
    if isinstance(function, ast.Attribute):
        return function.attr in {"select", "query"} and is_from_sqlalchemy(function.value)
    return isinstance(function, ast.Name) and function.id in makers


def is_from_sqlalchemy(owner: ast.expr) -> bool:
    return isinstance(owner, ast.Name) and owner.id in {"sa", "sqlalchemy", "session"}


def test_every_select_stands_in_a_queries_file() -> None:
    files = [path for path in python_files("app") if path.name != "queries.py"]
    found = {named(path): lines for path in files if (lines := selects(read_tree(path)))}
    assert found == {}
    assert any(selects(read_tree(path)) for path in python_files("app") if path not in files)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from sqlalchemy import select\nselect(Tender)", [2]),
        ("from sqlalchemy import select as pick\n\npick(Tender)", [3]),
        ("import sqlalchemy as sa\nsa.select(Tender)", [2]),
        ("session.query(Tender)", [1]),
        ("selected(Tender)\nlist.select(Tender)", []),
    ],
)
def test_what_a_select_is(source: str, found: list[int]) -> None:
    assert selects(ast.parse(source)) == found


# Written in pieces, since this file is read too.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("deb", "debian", "org"),
        ("archive", "ubuntu", "com"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("docker", "io"),
    )
]
MACHINE_PATHS = re.compile(r"(?<![\w./~-])/(?:work/|root/|home/\w|Users/\w)")


def what_ties_it_down(text: str) -> list[str]:
    """The registry hosts and the paths of one machine that a text names."""
    hosts = [host for host in REGISTRIES if host in text.lower()]
    return hosts + [match.group() for match in MACHINE_PATHS.finditer(text)]


def readable(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="ignore")


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    files = [path for path in project_files() if path.stat().st_size < 5_000_000]
    found = {named(path): ties for path in files if (ties := what_ties_it_down(readable(path)))}
    assert found == {}


def test_what_ties_a_file_down() -> None:
    assert what_ties_it_down(f"index-url = https://{REGISTRIES[0]}/simple") == [REGISTRIES[0]]
    path = str(Path("/", "home", "siti", "jejaring"))
    assert what_ties_it_down(f"cd {path}") == [path[:7]]
    assert what_ties_it_down("docs/work/plan.md and /v1/root/x and ~/home/x") == []


def test_the_ignored_files_stay_out_of_the_listing() -> None:
    tops = {path.relative_to(ROOT).parts[0] for path in project_files()}
    assert "app" in tops
    assert not tops & {".venv", ".git", ".jejaring", "uv.lock"}
