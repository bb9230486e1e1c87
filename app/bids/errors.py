"""Refusals of bids."""

from app.kit.problems import Problem


class OwnTender(Problem):
    """A buyer bids in its own tender."""

    status = 409
    code = "own_tender"
    title = "A buyer cannot bid in its own tender"
    sentence = "This tender's buyer is the bidder or one of the network's members."


class NetworkNotActive(Problem):
    """A network that not every member has joined, or that has ended."""

    status = 409
    code = "network_not_active"
    title = "The network is not active"
    sentence = "A network bids once every member has consented to its terms."


class NotTheLead(Problem):
    """A member acts where only the lead firm may."""

    status = 403
    code = "not_the_lead"
    title = "Only the lead firm may do this"
    sentence = "A network's bid is submitted and withdrawn by its lead firm."


class MembersWithoutProfile(Problem):
    """Firms of the network of which neither size nor place is known."""

    status = 409
    code = "members_without_profile"
    title = "Members lack a profile"
    sentence = "Each member of the network needs a profile before it bids; missing: {firms}."


class FirmAlreadyBids(Problem):
    """The acting firm stands in another live bid for the same lots."""

    status = 409
    code = "firm_already_bids"
    title = "Your firm stands in another bid"
    sentence = "Your firm has bound itself to another bid for these lots: {lots}."

    def __init__(self, lots: list[str]) -> None:
        super().__init__(lots=", ".join(lots), extra={"lots": lots})


class ContentDiffers(Problem):
    """A consent to other content than the bid's."""

    status = 409
    code = "content_differs"
    title = "The bid's content is another"
    sentence = "Your consent names another content than this bid has: read the bid again."


class BidEnded(Problem):
    """A bid that was replaced or withdrawn."""

    status = 409
    code = "bid_ended"
    title = "The bid has ended"
    sentence = "This bid was replaced or withdrawn."


class BidsSealed(Problem):
    """A buyer asks for bids before their opening."""

    status = 409
    code = "bids_sealed"
    title = "The bids are sealed"
    sentence = "Bids can be read, and counted, from the opening at {opens_at} on."

    def __init__(self, opens_at: str) -> None:
        super().__init__(opens_at=opens_at, extra={"opens_at": opens_at})


class BidsNeverOpened(Problem):
    """A buyer asks for the bids of a tender that was cancelled before the opening."""

    status = 409
    code = "bids_never_opened"
    title = "The bids stay sealed"
    sentence = "This tender was cancelled before the opening: its bids are never opened."
