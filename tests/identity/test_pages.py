"""Everything that the pages of identity say exists in Indonesian."""

from pathlib import Path

from babel.messages.extract import extract_from_dir

import app.identity
from app.identity.scopes import BINDING, POWER_WORDS, SCOPES
from app.kit.i18n import catalogue


def test_every_sentence_of_the_pages_has_its_indonesian() -> None:
    root = Path(app.identity.__file__).parent
    methods = [("**/templates/**.html", "jinja2")]
    options = {"**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
    found = {message for _f, _l, message, _c, _x in extract_from_dir(root, methods, options)}
    assert found
    wanted = {*found, *SCOPES.values(), *POWER_WORDS.values()}
    assert sorted(wanted - catalogue("id").keys()) == []
    assert set(POWER_WORDS) == BINDING
