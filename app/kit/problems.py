"""Refusals as RFC 9457 problem documents: every defect at once, each with its JSON Pointer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, ClassVar

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException

from app.kit import i18n
from app.kit.db import unavailable
from app.kit.methods import allowed
from app.kit.telemetry import current_request_id

MEDIA_TYPE = "application/problem+json"
logger = structlog.stdlib.get_logger("jejaring.problems")


@dataclass(frozen=True)
class Fault:
    """One defect of a request: where it is, its stable code, and a sentence about it."""

    pointer: str
    code: str
    template: str
    params: Mapping[str, object] = field(default_factory=dict)


class Problem(HTTPException):
    """A refusal of the domain; subclasses give `status`, `code`, `title` and a sentence.

    Titles and sentences are English templates, translated where the answer is written.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong"
    sentence: ClassVar[str] = "The server could not complete the request."

    def __init__(
        self,
        *,
        faults: Iterable[Fault] = (),
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **params: object,
    ) -> None:
        super().__init__(self.status, detail=self.code, headers=dict(headers or {}))
        self.faults = tuple(faults)
        self.extra = dict(extra or {})
        self.params = params


class NotModified(Exception):  # noqa: N818 - an answer, not an error
    """The reader has this revision: 304 without a body."""

    def __init__(self, etag: str) -> None:
        super().__init__(etag)
        self.etag = etag


class NotFound(Problem):
    """An id that does not exist, or that the actor may not know of."""

    status = 404
    code = "not_found"
    title = "Not found"
    sentence = "There is nothing here under this address that you may see."


class Malformed(Problem):
    """A payload with defects."""

    status = 422
    code = "malformed"
    title = "The request has defects"
    sentence = "Correct every place listed under errors and send the request again."


class MalformedJson(Problem):
    """A body that is no JSON document."""

    status = 400
    code = "malformed_json"
    title = "The body is not valid JSON"
    sentence = "The body could not be read as JSON: {reason}."


class BodyTooLarge(Problem):
    """A body over the limit."""

    status = 413
    code = "body_too_large"
    title = "The body is too large"
    sentence = "The body is larger than the server accepts."


class Conflict(Problem):
    """Two writers met, or a constraint of the database was about to be broken."""

    status = 409
    code = "conflict"
    title = "The request met another change"
    sentence = "Somebody changed the same thing at the same time: read it again and repeat."


class Busy(Problem):
    """The database did not answer in time: others hold what is needed, or it is away."""

    status = 503
    code = "busy"
    title = "The server is busy"
    sentence = "The database could not serve the request in time: repeat it in a moment."


class ErrorItem(BaseModel):
    """One defect of a request."""

    pointer: str = Field(examples=["/offers/0/price"], description="JSON Pointer into the body.")
    code: str = Field(examples=["negative"], description="Stable code of the defect.")
    detail: str = Field(examples=["must not be negative"])


class ProblemBody(BaseModel):
    """An RFC 9457 problem document."""

    model_config = ConfigDict(extra="allow", title="Problem")

    type: str = Field(examples=["/problems/malformed"])
    title: str = Field(examples=["The request has defects"])
    status: int = Field(examples=[422])
    detail: str
    code: str = Field(examples=["malformed"])
    instance: str | None = Field(None, description="The request's id, also in the server's log.")
    errors: list[ErrorItem] = []


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI entries of the problems that a route may answer.

    `kit.openapi` gives them all the one schema of a problem document.
    """
    return {
        status: {"description": HTTPStatus(status).phrase}
        for status in sorted({400, 401, 403, 413, 422, 503, *statuses})
    }


def pointer_of(place: Sequence[str | int]) -> str:
    """Return the RFC 6901 pointer of a validation place, without its leading `body`."""
    parts = place[1:] if place and place[0] == "body" else place
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


# The words of Pydantic's errors that forms and ERP systems meet most, for a clerk.
SENTENCES: Mapping[str, str] = {
    "missing": "is required",
    "extra_forbidden": "is not a field of this document",
    "string_type": "must be text",
    "string_too_short": "is too short: at least {min_length} characters",
    "string_too_long": "is too long: at most {max_length} characters",
    "string_pattern_mismatch": "must have the form {pattern}",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "too_short": "needs at least {min_length} entries",
    "too_long": "may have at most {max_length} entries",
    "literal_error": "must be one of {expected}",
    "enum": "must be one of {expected}",
    "date_from_datetime_parsing": "must be a date such as 2027-01-04",
    "date_parsing": "must be a date such as 2027-01-04",
    "datetime_parsing": "must be an instant such as 2026-12-01T09:00:00+07:00",
    "datetime_from_date_parsing": "must be an instant such as 2026-12-01T09:00:00+07:00",
    "value_error": "{error}",
    "finite_number": "must be a finite number",
}
OTHER_SENTENCE = "is not accepted here"


def _faults_of(error: RequestValidationError) -> list[Fault]:
    faults = []
    for item in error.errors():
        kind = str(item["type"])
        place = tuple(item["loc"])
        params = dict(item.get("ctx") or {})
        faults.append(Fault(pointer_of(place), kind, SENTENCES.get(kind, OTHER_SENTENCE), params))
    return faults


def document_of(problem: Problem, language: str) -> dict[str, Any]:
    """Return a problem as its JSON document in a language."""

    def say(template: str, params: Mapping[str, object]) -> str:
        words = {
            name: i18n.translate(language, value) if isinstance(value, str) else value
            for name, value in params.items()
        }
        if "error" in words:  # a sentence raised by one of our own validators
            words["error"] = i18n.translate(language, str(words["error"]))
        return i18n.translate(language, template, words)

    return {
        "type": f"/problems/{problem.code.replace('_', '-')}",
        "title": i18n.translate(language, problem.title),
        "status": problem.status,
        "detail": say(problem.sentence, problem.params),
        "code": problem.code,
        "instance": f"urn:request:{current_request_id()}",
        "errors": [
            {
                "pointer": fault.pointer,
                "code": fault.code,
                "detail": say(fault.template, fault.params),
            }
            for fault in problem.faults
        ],
        **problem.extra,
    }


def answer(request: Request, problem: Problem) -> JSONResponse:
    """Return the HTTP answer of a problem in the reader's language."""
    language = i18n.choose(request.headers.get("accept-language"))
    return JSONResponse(
        document_of(problem, language),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers={**(problem.headers or {}), "Content-Language": language},
    )


_BY_STATUS: Mapping[int, type[Problem]] = {413: BodyTooLarge, 404: NotFound, 422: Malformed}


class OtherHttp(Problem):
    """An HTTP refusal of the framework itself, such as a wrong method."""

    code = "http"
    title = "The request was refused"
    sentence = "The server refused the request: {reason}."


def _install_the_database_s(app: FastAPI) -> None:
    def on_conflict(request: Request, _error: Exception) -> JSONResponse:
        return answer(request, Conflict())

    def on_unavailable(request: Request, error: Exception) -> JSONResponse:
        if not unavailable(error):
            raise error
        logger.warning("database_unavailable", reason=type(error).__name__, exc_info=error)
        return answer(request, Busy(headers={"Retry-After": "1"}))

    app.add_exception_handler(OperationalError, on_unavailable)
    app.add_exception_handler(PoolTimeout, on_unavailable)
    app.add_exception_handler(IntegrityError, on_conflict)
    app.add_exception_handler(StaleDataError, on_conflict)


def install(app: FastAPI) -> None:
    """Make every refusal of the application a problem document."""

    def on_problem(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)  # noqa: S101 - registered for this class only
        return answer(request, error)

    def on_validation(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        return answer(request, Malformed(faults=_faults_of(error)))

    def on_http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)  # noqa: S101
        kind = _BY_STATUS.get(error.status_code)
        if kind is not None:
            return answer(request, kind(headers=error.headers))
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            error.headers = {**(error.headers or {}), "Allow": allowed(request)}
        phrase = HTTPStatus(error.status_code).phrase
        problem = OtherHttp(reason=phrase, headers=error.headers)
        problem.status = error.status_code  # type: ignore[misc]  # one instance of a general refusal
        problem.code = phrase.lower().replace(" ", "_")  # type: ignore[misc]
        return answer(request, problem)

    def on_anything(request: Request, error: Exception) -> JSONResponse:
        del error  # Starlette raises it again, so the server logs it whole
        return answer(request, Problem())

    def on_unmodified(_request: Request, error: Exception) -> Response:
        assert isinstance(error, NotModified)  # noqa: S101
        return Response(status_code=304, headers={"ETag": error.etag})

    _install_the_database_s(app)
    app.add_exception_handler(NotModified, on_unmodified)
    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_anything)
