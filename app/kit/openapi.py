"""The OpenAPI document as it is published: 3.2, with a 3.1 form for generators that need it."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from app.kit.problems import MEDIA_TYPE, ErrorItem, ProblemBody

PATH_3_1 = "/openapi-3.1.json"
_ACTIONS = ("get", "put", "post", "delete", "patch")
_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_REQUEST_ID = {"X-Request-ID": {"schema": {"type": "string"}, "description": "Also in the log."}}


def operation_id(route: APIRoute) -> str:
    """Return what a generated client calls an operation: its collection and its function."""
    segments = [part for part in route.path_format.split("/") if part not in {"", "v1"}]
    collection = segments[0].replace("-", "_") if segments else "root"
    return f"{collection}_{route.name}"


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        for action in _ACTIONS:
            if action in item:
                yield item[action]


def _refusals_are_problems(document: dict[str, Any]) -> None:
    for operation in _operations(document):
        for status, answer in operation["responses"].items():
            if status.startswith(("4", "5")):
                answer["content"] = {MEDIA_TYPE: {"schema": _PROBLEM}}
            answer.setdefault("headers", {}).update(_REQUEST_ID)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError", "ProblemBody"):
        schemas.pop(unused, None)
    template = "#/components/schemas/{model}"
    problem = ProblemBody.model_json_schema(ref_template=template)
    problem.pop("$defs", None)
    schemas["Problem"] = problem
    schemas["ErrorItem"] = ErrorItem.model_json_schema(ref_template=template)


def as_3_1(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document in OpenAPI 3.1, which has no word for the items of a stream."""
    older = copy.deepcopy(document)
    older["openapi"] = "3.1.0"
    for operation in _operations(older):
        for answer in operation["responses"].values():
            for content in answer.get("content", {}).values():
                content.pop("itemSchema", None)
                content.setdefault("schema", {"type": "string"})
    return older


def install(app: FastAPI, *, description: str, tags: dict[str, str]) -> None:
    """Make the application publish its document at `/openapi.json`, and 3.1 beside it."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                description=description,
                routes=app.routes,
                tags=[{"name": name, "description": text} for name, text in tags.items()],
                license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
            )
            made["openapi"] = "3.2.0"
            _refusals_are_problems(made)
            app.openapi_schema = made
        return app.openapi_schema

    def older(_request: Request) -> JSONResponse:
        return JSONResponse(as_3_1(document()))

    publish: Callable[[], dict[str, Any]] = document
    app.openapi = publish  # type: ignore[method-assign]  # FastAPI's documented way
    app.add_route(PATH_3_1, older, include_in_schema=False)
