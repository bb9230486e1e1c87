"""Refusals about signing in."""

from app.identity.errors import CHALLENGE
from app.kit.problems import Problem


class LoginFailed(Problem):
    """A wrong address or password; nobody learns which."""

    status = 401
    code = "login_failed"
    title = "Signing in failed"
    sentence = (
        "The e-mail address or the password is wrong. Where one address belongs to users of "
        "several organisations, name the organisation too."
    )

    def __init__(self) -> None:
        super().__init__(headers=CHALLENGE)


class SecondFactorNeeded(Problem):
    """The password was right; the second factor is missing or wrong."""

    status = 401
    code = "second_factor_needed"
    title = "The second factor is missing or wrong"
    sentence = "Send the present code of your authenticator app, or a recovery code, as code."

    def __init__(self) -> None:
        super().__init__(headers=CHALLENGE)


class TooManyAttempts(Problem):
    """Too many failures under one address or from one place."""

    status = 429
    code = "too_many_attempts"
    title = "Too many attempts"
    sentence = "Too many attempts failed: wait {seconds} seconds and try again."

    def __init__(self, seconds: int) -> None:
        super().__init__(headers={"Retry-After": str(seconds)}, seconds=seconds)


class TicketInvalid(Problem):
    """A ticket that was used, has expired, or never was."""

    status = 403
    code = "ticket_invalid"
    title = "The ticket is not valid"
    sentence = "This ticket was used or has expired: ask for a new one."


class NoPassword(Problem):
    """A user who never set a password."""

    status = 409
    code = "no_password"
    title = "No password is set"
    sentence = "You have no password yet: the owner of your organisation can make you a ticket."


class SecondFactorState(Problem):
    """A second factor that is already there, or is not there."""

    status = 409
    code = "second_factor_state"
    title = "The second factor does not allow this now"
    sentence = "Your second factor is already in force, or none is waiting to be confirmed."
