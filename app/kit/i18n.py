"""Two languages for a person's eyes: English in the code, Indonesian in catalogues."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from babel.core import negotiate_locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LANGUAGES = ("id", "en")
DEFAULT = "id"


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return the messages of every room's `locale/<language>.po`, merged."""
    messages: dict[str, str] = {}
    for room in sorted(files("app").iterdir(), key=lambda entry: entry.name):
        source = room / "locale" / f"{language}.po"
        if source.is_file():
            with source.open("rb") as file:
                messages |= _texts(read_po(file, locale=language))
    return messages


def _texts(messages: Catalog) -> dict[str, str]:
    return {
        message.id: message.string
        for message in messages
        if isinstance(message.id, str)
        and isinstance(message.string, str)
        and message.id
        and message.string
    }


def choose(accept_language: str | None) -> str:
    """Return the best of our languages for an `Accept-Language` header (RFC 9110, 12.5.4)."""
    if not accept_language:
        return "en"
    wanted: list[tuple[float, str]] = []
    for part in accept_language.split(","):
        tag, _, parameter = part.strip().partition(";")
        weight = parameter.strip().removeprefix("q=") or "1"
        try:
            wanted.append((-float(weight), tag.strip().replace("-", "_")))
        except ValueError:
            continue
    ordered = [tag for _weight, tag in sorted(wanted, key=lambda pair: pair[0])]
    return negotiate_locale(ordered, LANGUAGES) or "en"


def translate(language: str, template: str, params: Mapping[str, object] | None = None) -> str:
    """Return the sentence of a template in a language, its `{named}` places filled in."""
    text = catalogue(language).get(template, template) if language != "en" else template
    return text.format_map(dict(params)) if params else text
