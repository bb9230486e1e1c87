"""Which methods an address takes: all of them, where several routes share it."""

from starlette.requests import Request
from starlette.routing import Match

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def allowed(request: Request) -> str:
    """Return the value of `Allow` for a request's address (RFC 9110, 10.2.1).

    A router that finds no method names those of the first route only.
    """
    return ", ".join(method for method in METHODS if _takes(request, method))


def _takes(request: Request, method: str) -> bool:
    routes = request.app.routes
    return any(
        route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes
    )
