"""How the demonstration speaks: English or Indonesian, with the language's own numbers."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from app.kit import i18n

MONTHS = {
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    "id": ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"],
}
CURRENCY = {"IDR": "Rp"}


@dataclass(frozen=True)
class Words:
    """Sentences, numbers and dates in one language."""

    language: str

    def __call__(self, template: str, **params: object) -> str:
        """Return a sentence."""
        return i18n.translate(self.language, template, params)

    def number(self, value: Decimal | str, places: int = 0, rounding: str = ROUND_HALF_EVEN) -> str:
        """Return a number rounded for the eye, as 1,234.5 or 1.234,5."""
        unit = Decimal(1).scaleb(-places)
        text = f"{Decimal(value).quantize(unit, rounding):,}"
        return text if self.language == "en" else text.translate(str.maketrans(",.", ".,"))

    def money(self, value: Decimal | str, currency: str, rounding: str = ROUND_HALF_EVEN) -> str:
        """Return an amount in whole units of its currency."""
        return f"{CURRENCY.get(currency, currency)} {self.number(value, 0, rounding)}"

    def percent(
        self, share: Decimal | str, places: int = 1, rounding: str = ROUND_HALF_EVEN
    ) -> str:
        """Return a share of one as a percentage."""
        return f"{self.number(Decimal(share) * 100, places, rounding)}%"

    def day(self, when: date) -> str:
        """Return a day without its year."""
        return f"{when.day} {MONTHS[self.language][when.month - 1]}"


def chosen(language: str | None) -> Words:
    """Return the words of a language, those in English where it is none of ours."""
    return Words(language if language in i18n.LANGUAGES else "en")
