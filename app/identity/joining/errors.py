"""Refusals about invitations and verification."""

from app.kit.problems import Problem


class InvitationInvalid(Problem):
    """An invitation that was accepted or withdrawn, has expired, or never was."""

    status = 403
    code = "invitation_invalid"
    title = "The invitation is not valid"
    sentence = "This invitation was accepted or withdrawn, or has expired: ask for a new one."


class InvitationEnded(Problem):
    """An invitation that can no longer be withdrawn."""

    status = 409
    code = "invitation_ended"
    title = "The invitation was accepted"
    sentence = "This invitation was already accepted: remove the user instead."


class NoOffice(Problem):
    """Something that only an appointed authority or the operator may do."""

    status = 403
    code = "no_office"
    title = "Only an authority or the operator may do this"
    sentence = "Your organisation was not appointed to do this: the server's operator can do so."


class OwnVerification(Problem):
    """An office that verifies itself."""

    status = 409
    code = "own_verification"
    title = "Nobody verifies itself"
    sentence = "An organisation cannot verify itself: another office has to do so."
