"""Refusals about orders."""

from app.kit.problems import Problem


class AlreadyOrdered(Problem):
    """An award is ordered once."""

    status = 409
    code = "already_ordered"
    title = "The orders have been placed"
    sentence = "The orders of this award have been placed already: an award is ordered once."


class SellerOnly(Problem):
    """Only whoever sells may acknowledge."""

    status = 403
    code = "seller_only"
    title = "Only the seller may do this"
    sentence = "An order is acknowledged by its seller: for a network, by its lead firm."


class AlreadyAcknowledged(Problem):
    """An order is acknowledged once."""

    status = 409
    code = "already_acknowledged"
    title = "The order has been acknowledged"
    sentence = "This order has been acknowledged already."
