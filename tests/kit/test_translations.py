"""Everything a person reads exists in Indonesian."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir

import app
from app.allocation.document import DEFECT_MESSAGES
from app.kit.i18n import catalogue
from app.kit.problems import OTHER_SENTENCE, SENTENCES, Problem

ROOT = Path(app.__file__).parent
# Solvers load OR-Tools, and commands run; neither says anything through the catalogues.
SKIPPED = ("app.allocation.solvers", "app.worker", "app.cli", "app.allocation.child")


def _modules() -> Iterator[str]:
    for module in pkgutil.walk_packages([str(ROOT)], "app."):
        if not module.name.startswith(SKIPPED):
            yield module.name


def _problems() -> set[str]:
    for name in _modules():
        if name.endswith((".errors", ".health", ".etags", ".idempotency")):
            importlib.import_module(name)
    found: set[str] = set()
    waiting = [Problem]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("app."):
            found |= {kind.title, kind.sentence}
    return found


def _faults() -> set[str]:
    """Third argument of every `Fault(pointer, code, template)` that is written out."""
    found = set()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "Fault":
                continue
            given = [*node.args[2:3], *(k.value for k in node.keywords if k.arg == "template")]
            found |= {arg.value for arg in given if isinstance(arg, ast.Constant)}
    return found


def _validators() -> set[str]:
    """Sentences that validators of request models raise."""
    found = set()
    for path in [*ROOT.rglob("schemas.py"), ROOT / "kit" / "types.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Assign)
                and getattr(node.targets[0], "id", "") == "msg"
                and isinstance(node.value, ast.Constant)
            ):
                found.add(node.value.value)
    return found


def _pages() -> set[str]:
    methods = [("**/templates/**.html", "jinja2")]
    options = {"**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
    found = extract_from_dir(ROOT / "console", methods, options)
    return {message for _file, _line, message, _comments, _context in found}


SOURCES = {
    "problems": _problems,
    "faults": _faults,
    "validators": _validators,
    "pages": _pages,
    "requests": lambda: {*SENTENCES.values(), OTHER_SENTENCE},
    "documents": lambda: set(DEFECT_MESSAGES.values()),
}


@pytest.mark.parametrize("source", SOURCES)
def test_every_sentence_has_its_indonesian(source: str) -> None:
    wanted = SOURCES[source]()
    assert wanted
    assert sorted(wanted - catalogue("id").keys()) == []


def test_a_translation_has_the_same_places_to_fill_in() -> None:
    def places(text: str) -> set[str]:
        return {name for _text, name, _format, _conversion in Formatter().parse(text) if name}

    wrong = {
        english: indonesian
        for english, indonesian in catalogue("id").items()
        if places(english) != places(indonesian)
    }
    assert wrong == {}
