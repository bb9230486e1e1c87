"""What awards and orders refuse with is written in both languages."""

import pytest

from app.awards import errors as awards
from app.kit import i18n
from app.kit.problems import Problem
from app.orders import errors as orders

REFUSALS = [
    refusal
    for module in (awards, orders)
    for refusal in vars(module).values()
    if isinstance(refusal, type) and issubclass(refusal, Problem) and refusal is not Problem
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: str(refusal.code))
def test_titles_and_sentences_are_in_indonesian_too(refusal: type[Problem]) -> None:
    for words in (refusal.title, refusal.sentence):
        assert i18n.translate("id", words) != words
        places = {part.split("}")[0] for part in words.split("{")[1:]}
        assert all(f"{{{place}}}" in i18n.translate("id", words) for place in places)


def test_every_refusal_was_looked_at() -> None:
    assert len(REFUSALS) == 9
