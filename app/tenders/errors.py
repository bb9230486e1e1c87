"""Refusals about products and tenders."""

from app.kit.problems import Problem


class ProductCodeTaken(Problem):
    """The organisation has a product of this code."""

    status = 409
    code = "product_code_taken"
    title = "The product code is in use"
    sentence = "You have another product with the code {product_code}."


class WrongState(Problem):
    """The tender's state does not allow the step."""

    status = 409
    code = "tender_state"
    title = "The tender is not in the right state"
    sentence = "A tender that is {status} cannot become {to}."


class NotDraft(Problem):
    """Only a draft may be changed."""

    status = 409
    code = "tender_not_draft"
    title = "The tender is no draft"
    sentence = "Only a draft can be changed, and this tender is {status}."


class DeadlinePassed(Problem):
    """A draft whose closing time has gone by."""

    status = 409
    code = "deadline_passed"
    title = "The closing time has passed"
    sentence = "The closing time {closes_at} has passed: change it and publish then."


class TenderClosed(Problem):
    """The tender takes no bids."""

    status = 409
    code = "tender_closed"
    title = "The tender takes no bids"
    sentence = "Bids are taken while a tender is published and before {closes_at}."
