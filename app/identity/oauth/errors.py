"""Refusals about OAuth clients."""

from app.identity.errors import CHALLENGE
from app.kit.problems import Problem


class TokenInvalid(Problem):
    """An access token that is not ours, has ended, or was revoked."""

    status = 401
    code = "token_invalid"
    title = "The access token is not valid"
    sentence = "This access token has ended or was revoked: get a new one."

    def __init__(self) -> None:
        super().__init__(headers={**CHALLENGE, "WWW-Authenticate": _INVALID})


_INVALID = 'Bearer realm="jejaring", error="invalid_token"'


class NoSecret(Problem):
    """A public client, which has no secret."""

    status = 409
    code = "no_secret"
    title = "This client has no secret"
    sentence = "A public app or a revoked client has no secret to be replaced."
