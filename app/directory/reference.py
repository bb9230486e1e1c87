"""Reference data that ship with the package: regencies, classification codes, size classes."""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from importlib.resources import files

from sqlalchemy.orm import Session

from app.directory import queries
from app.directory.models import ClassificationCode, Regency, SizeClass


def _rows(name: str) -> Iterator[dict[str, str]]:
    source = files("app.directory") / "data" / name
    with source.open("r", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def load(session: Session) -> None:
    """Bring the reference tables to what the package ships; running it again changes nothing."""
    known = queries.regency_codes(session)
    session.add_all(
        Regency(
            code=row["code"],
            name=row["name"],
            province=row["province"],
            region=row["region"],
            latitude=Decimal(row["latitude"]),
            longitude=Decimal(row["longitude"]),
        )
        for row in _rows("regencies.csv")
        if row["code"] not in known
    )
    codes = queries.classification_keys(session)
    session.add_all(
        ClassificationCode(
            scheme=row["scheme"],
            edition=row["edition"],
            code=row["code"],
            title_en=row["title_en"] or None,
            title_id=row["title_id"] or None,
        )
        for row in _rows("classifications.csv")
        if (row["scheme"], row["edition"], row["code"]) not in codes
    )
    for row in _rows("size_classes.csv"):
        session.merge(
            SizeClass(
                country=row["country"],
                name=row["name"],
                valid_from=date.fromisoformat(row["valid_from"]),
                valid_until=(
                    date.fromisoformat(row["valid_until"]) if row["valid_until"] else None
                ),
                max_annual_sales=(
                    Decimal(row["max_annual_sales"]) if row["max_annual_sales"] else None
                ),
                currency=row["currency"],
                source=row["source"],
            )
        )
    session.flush()
