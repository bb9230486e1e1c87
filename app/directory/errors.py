"""Refusals of the directory."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.directory.calendar import Span
from app.kit.problems import Fault, Problem
from app.kit.types import decimal_text


@dataclass(frozen=True)
class Lack:
    """A need that a resource cannot meet in a span."""

    resource_id: str
    span: Span
    need: Decimal
    left: Decimal


class CapacityTaken(Problem):
    """Capacity that an award needs has been promised since its scenario was solved."""

    status = 409
    code = "capacity_taken"
    title = "Capacity is no longer free"
    sentence = "Capacity that this allocation needs was promised elsewhere: solve again."

    def __init__(self, lacks: Sequence[Lack]) -> None:
        super().__init__(
            faults=[
                Fault(
                    "",
                    "capacity_taken",
                    "resource {resource} has {left} left from {week}, and {need} is needed",
                    {
                        "resource": lack.resource_id,
                        "left": decimal_text(lack.left),
                        "week": lack.span.starts_on.isoformat(),
                        "need": decimal_text(lack.need),
                    },
                )
                for lack in lacks
            ]
        )
        self.lacks = tuple(lacks)


class BelowReservations(Problem):
    """A calendar may not shrink under what is already promised."""

    status = 409
    code = "below_reservations"
    title = "Less than what is promised"
    sentence = "In some weeks more of this resource is promised than the new calendar offers."


class UnknownCode(Problem):
    """A code that no table of reference data holds."""

    status = 422
    code = "unknown_code"
    title = "A code is unknown"
    sentence = "Correct every code listed under errors and send the request again."


class CodeTaken(Problem):
    """The firm has a resource of this code."""

    status = 409
    code = "code_taken"
    title = "The code is in use"
    sentence = "You have another resource with the code {resource_code}."


class ProfileMissing(Problem):
    """A firm needs a profile first."""

    status = 409
    code = "profile_missing"
    title = "The profile is missing"
    sentence = "Write your profile first: size class and location decide what you may take part in."
