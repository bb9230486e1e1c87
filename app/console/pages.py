"""Routes of the pages: the start page and the API's documentation, without scripts inline."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from functools import partial
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, format_percent
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from app import __version__
from app.console import queries
from app.console.notice import SIZES, Notice, latest_notice
from app.kit.db import ReadSession
from app.kit.i18n import LANGUAGES, choose, translate
from app.kit.types import rounded

STATIC = Path(__file__).parent / "static"
router = APIRouter(include_in_schema=False)
templates = Environment(
    loader=PackageLoader("app.console"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def language_of(request: Request) -> str:
    """Return the page's language: `?lang=` before `Accept-Language`; Indonesian by default."""
    asked = request.query_params.get("lang")
    if asked in LANGUAGES:
        return asked
    header = request.headers.get("accept-language")
    return choose(header) if header else LANGUAGES[0]


def _formats(language: str) -> dict[str, Callable[..., str]]:
    def say(template: str, **params: object) -> str:
        return translate(language, template, params)

    def money(amount: Decimal, currency: str, rounding: str = ROUND_HALF_EVEN) -> str:
        places = Decimal(1) if currency == "IDR" else Decimal("0.01")
        shown = rounded(amount, places, rounding)
        pattern = "¤\u00a0#,##0" if currency == "IDR" else "¤\u00a0#,##0.00"
        return format_currency(shown, currency, pattern, language, currency_digits=False)

    def interval(low: Decimal, high: Decimal, currency: str) -> str:
        """Round outward: what is said stays true."""
        ends = money(low, currency, ROUND_FLOOR), money(high, currency, ROUND_CEILING)
        return ends[0] if ends[0] == ends[1] else " – ".join(ends)

    def short(value: date) -> str:
        return format_date(value, "d MMM", locale=language)

    def moment(value: datetime) -> str:
        return format_datetime(value, "d MMM y HH:mm 'UTC'", locale=language)

    return {
        "_": say,
        "money": money,
        "interval": interval,
        "number": partial(format_decimal, locale=language),
        "percent": partial(format_percent, format="#,##0.00 %", locale=language),
        "short": short,
        "moment": moment,
    }


def say(request: Request, template: Template, values: Mapping[str, Any]) -> str:
    """Return a template filled in, in the reader's language."""
    language = language_of(request)
    with localcontext() as context:
        context.prec = 200  # a sum may have more digits than the 28 of the ambient context
        return template.render(
            language=language, version=__version__, **_formats(language), **values
        )


def render(request: Request, template: str, values: Mapping[str, Any]) -> HTMLResponse:
    """Return a page in the reader's language."""
    html = say(request, templates.get_template(template), values)
    headers = {"Content-Language": language_of(request), "Vary": "Accept-Language"}
    return HTMLResponse(html, headers=headers)


def _chart(notice: Notice, language: str) -> dict[str, Any]:
    """Return what the chart draws; the browser only draws, it does not reckon."""
    return {
        "title": translate(language, "Machine hours promised per week, by size of firm"),
        "unit": translate(language, "hours"),
        "weeks": [format_date(week, "d MMM", locale=language) for week in notice.hours],
        "series": [
            {
                "size": size,
                "name": translate(language, size),
                "hours": [format(sums[size], "f") for sums in notice.hours.values()],
            }
            for size in SIZES
        ],
    }


@router.api_route("/", methods=["GET", "HEAD"])
def start(request: Request, session: ReadSession) -> HTMLResponse:
    """Say what this is, and show the latest award: who makes what, and when."""
    notice = latest_notice(session)
    return render(
        request,
        "start.html",
        {
            "notice": notice,
            "chart": _chart(notice, language_of(request)) if notice else None,
            "tenders": queries.open_tenders(session, 5),
            "sizes": SIZES,
        },
    )


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """Show the OpenAPI document."""
    return render(request, "docs.html", {})


@router.get("/favicon.ico")
def favicon() -> Response:
    """Have no icon, rather than an error in every log."""
    return Response(status_code=204)


def install(app: FastAPI) -> None:
    """Add the pages and their static files."""
    app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
