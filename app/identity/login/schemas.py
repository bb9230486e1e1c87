"""Requests and responses about signing in, passwords and second factors."""

from typing import Annotated

from pydantic import Field

from app.identity.login.passwords import LONGEST, SHORTEST
from app.identity.words import Email, examples
from app.kit.http import Body, View
from app.kit.types import Flag, Instant

PASSWORD = "perahu-kayu-di-sungai-9"  # noqa: S105 - an example
NewPassword = Annotated[
    str,
    Field(
        min_length=SHORTEST,
        max_length=LONGEST,
        examples=[PASSWORD],
        description="Any characters; not made of your name or address.",
    ),
]
KnownPassword = Annotated[str, Field(min_length=1, max_length=LONGEST, examples=[PASSWORD])]
FactorCode = Annotated[
    str | None,
    Field(
        max_length=40,
        examples=["492039"],
        description="Of the authenticator app, or a recovery code; where a factor is in force.",
    ),
]
Ticket = Annotated[str, Field(min_length=1, max_length=100, examples=["jjt_…"])]


class SignInRequest(Body):
    """Who signs in."""

    model_config = examples({"email": "sari@example.co.id", "password": PASSWORD})

    email: Email
    password: KnownPassword
    organisation_id: str | None = Field(
        None, max_length=40, description="Where one address belongs to several organisations."
    )
    code: FactorCode = None


class ProofRequest(Body):
    """The password again, and the second factor where one is in force."""

    model_config = examples({"password": PASSWORD, "code": "492039"})

    password: KnownPassword
    code: FactorCode = None


class PasswordRequest(Body):
    """A new password, and the present one as proof."""

    model_config = examples({"password": PASSWORD, "new_password": "hujan-di-bulan-juni-77"})

    password: KnownPassword
    code: FactorCode = None
    new_password: NewPassword


class RedemptionRequest(Body):
    """A ticket and the password to set with it."""

    model_config = examples({"ticket": "jjt_…", "new_password": PASSWORD})

    ticket: Ticket
    new_password: NewPassword


class CodeRequest(Body):
    """The first code of a new authenticator."""

    model_config = examples({"code": "492039"})

    code: str = Field(max_length=40, examples=["492039"])


class SessionView(View):
    """A browser's session, without its cookie."""

    id: str
    user_id: str
    organisation_id: str
    second_factor: Flag
    created_at: Instant
    authenticated_at: Instant
    last_seen_at: Instant
    expires_at: Instant


class OpenSessionView(SessionView):
    """The session that was just opened or confirmed."""

    csrf_token: str = Field(description="Send it as X-CSRF-Token with whatever writes.")
    fresh_until: Instant = Field(description="Until then you may submit, consent and sign.")


class TicketView(View):
    """A ticket to set a password; hand it to the user yourself."""

    user_id: str
    ticket: str = Field(examples=["jjt_…"], description="Shown once; it is not stored.")
    expires_at: Instant


class EnrolmentView(View):
    """The secret of a new authenticator; it holds once its first code is confirmed."""

    secret: str = Field(examples=["JBSWY3DPEHPK3PXP"])
    uri: str = Field(examples=["otpauth://totp/…"], description="For a QR code.")


class RecoveryCodesView(View):
    """Codes that stand in for the authenticator, each once; shown this once."""

    recovery_codes: list[str]


class SecondFactorView(View):
    """Whether a second factor is in force."""

    in_force: Flag
    recovery_codes_left: int
