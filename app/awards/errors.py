"""Refusals about awards."""

from app.kit.problems import Problem


class NotEvaluated(Problem):
    """A tender that cannot be awarded in its present state."""

    status = 409
    code = "tender_not_evaluated"
    title = "The tender cannot be awarded now"
    sentence = "A tender is awarded after its evaluation; this one is {state}."


class AlreadyAwarded(Problem):
    """A tender has one award."""

    status = 409
    code = "already_awarded"
    title = "The tender has been awarded"
    sentence = "This tender has been awarded already: a tender has one award."


class ScenarioUnfinished(Problem):
    """A scenario without a verified result."""

    status = 409
    code = "scenario_unfinished"
    title = "The scenario has no result"
    sentence = "This scenario has no verified result to award: it is {state}."


class NothingToAward(Problem):
    """A result that allocates nothing."""

    status = 409
    code = "nothing_to_award"
    title = "There is nothing to award"
    sentence = "The result of this scenario allocates nothing to anybody."


class NotAwardable(Problem):
    """A result with something that an award cannot carry."""

    status = 409
    code = "not_awardable"
    title = "The result cannot be awarded"
    sentence = "The result of this scenario uses {element}, and an award can carry offers only."


class UnknownScenario(Problem):
    """A scenario that this tender does not have."""

    status = 422
    code = "unknown_scenario"
    title = "The scenario is unknown"
    sentence = "Name a scenario of this tender."
