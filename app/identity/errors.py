"""Refusals about who is asking."""

from app.kit.problems import Problem

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="jejaring"'}


class Unauthenticated(Problem):
    """No key, a wrong one, or one that has expired or been revoked."""

    status = 401
    code = "unauthenticated"
    title = "A valid API key is needed"
    sentence = "Send a valid API key in the header 'Authorization: Bearer …'."

    def __init__(self) -> None:
        super().__init__(headers=CHALLENGE)


class KeyExpired(Problem):
    """A key past its time."""

    status = 401
    code = "key_expired"
    title = "The API key has expired"
    sentence = "This API key has expired or was revoked: make a new one."

    def __init__(self) -> None:
        super().__init__(headers=CHALLENGE)


class KeyEnded(Problem):
    """A key that was revoked, has expired or was already rotated."""

    status = 409
    code = "key_ended"
    title = "The key has ended"
    sentence = "This key was revoked, has expired or was already rotated."


class ScopeMissing(Problem):
    """The key may not do this."""

    status = 403
    code = "scope_missing"
    title = "The key lacks a scope"
    sentence = "This key does not carry the scope {scope}, or your role does not allow it."


class PowerMissing(Problem):
    """The user may not bind the firm in this way."""

    status = 403
    code = "power_missing"
    title = "No authorisation to bind the firm"
    sentence = "You hold no valid authorisation to {power} for this firm: its owner can grant one."


class CsrfFailed(Problem):
    """A write with a session's cookie that no page of ours sent."""

    status = 403
    code = "csrf_failed"
    title = "The request does not come from this site"
    sentence = "Send the session's csrf_token in the header X-CSRF-Token."


class TrustMissing(Problem):
    """Something that only a fresh sign-in or the full key may do."""

    status = 403
    code = "fresh_login_needed"
    title = "Sign in again"
    sentence = (
        "This needs a sign-in of the last minutes, or a key or client that was granted it "
        "expressly: confirm your session and try again."
    )


class RegistrationClosed(Problem):
    """A server that takes no registrations from outside."""

    status = 403
    code = "registration_closed"
    title = "Registration is closed"
    sentence = "This server registers organisations by invitation only."
