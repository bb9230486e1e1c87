"""Refusals about networks."""

from app.kit.problems import Problem


class TermsDiffer(Problem):
    """A consent to other terms than the network's."""

    status = 409
    code = "terms_differ"
    title = "The terms are not these"
    sentence = "The terms of this network have another hash: read the network and consent to that."


class NetworkDissolved(Problem):
    """A member has declined."""

    status = 409
    code = "network_dissolved"
    title = "The network is dissolved"
    sentence = "A member has declined this network, so nobody can consent to it any more."


class NetworkActive(Problem):
    """Everybody has consented; a refusal comes too late."""

    status = 409
    code = "network_active"
    title = "The network is active"
    sentence = "Every member has consented, so the network can no longer be refused."
