"""The demonstration speaks English and Indonesian."""

import ast
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import app.demo
from app.demo.progress import STEPS
from app.demo.words import chosen
from app.kit.i18n import catalogue

SPEAKERS = {"words", "WalkError"}


def sentences() -> Iterator[str]:
    """First arguments of what makes a sentence, where they are written out."""
    for path in Path(app.demo.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SPEAKERS:
                for argument in node.args[:1]:
                    if isinstance(argument, ast.Constant):
                        yield str(argument.value)


def test_every_sentence_has_its_indonesian() -> None:
    wanted = {*sentences(), *STEPS.values(), "micro", "small", "medium", "large"}
    assert len(wanted) > 40
    assert wanted - catalogue("id").keys() == set()


@pytest.mark.parametrize(
    ("language", "money", "share", "day"),
    [
        ("en", "Rp 1,234,568", "12.35%", "24 May"),
        ("id", "Rp 1.234.568", "12,35%", "24 Mei"),
        ("fr", "Rp 1,234,568", "12.35%", "24 May"),
    ],
)
def test_numbers_and_days_are_those_of_the_language(
    language: str, money: str, share: str, day: str
) -> None:
    words = chosen(language)
    assert words.money(Decimal("1234567.5"), "IDR") == money
    assert words.percent("0.12346", 2) == share
    assert words.day(date(2027, 5, 24)) == day
