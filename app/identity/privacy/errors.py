"""Refusals about personal data."""

from app.kit.problems import Problem


class LastOwner(Problem):
    """An organisation that would be left without an owner."""

    status = 409
    code = "last_owner"
    title = "Nobody else owns the organisation"
    sentence = "This is the last owner of the organisation: make another owner first."


class AlreadyTold(Problem):
    """A notice that was already recorded."""

    status = 409
    code = "already_told"
    title = "They were told already"
    sentence = "It is already recorded when they were told: the log is not rewritten."
