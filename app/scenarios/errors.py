"""Refusals about runs, and the words for what made one fail."""

from collections.abc import Mapping

from app.kit.problems import Problem


class TenderNotOpened(Problem):
    """Bids are sealed, or the tender has gone on to its award."""

    status = 409
    code = "tender_not_opened"
    title = "The tender is not open for evaluation"
    sentence = "Scenarios need an opened tender that has not been awarded; this one is {status}."


class NoStandingBids(Problem):
    """Nothing to choose from."""

    status = 409
    code = "no_standing_bids"
    title = "There are no bids"
    sentence = "No complete bid was submitted to this tender, so there is nothing to allocate."


class TooManyRuns(Problem):
    """The organisation's share of the solvers is used up."""

    status = 429
    code = "too_many_runs"
    title = "Too many runs are unfinished"
    sentence = "You have {count} unfinished runs: wait for one to finish, or cancel one."

    def __init__(self, count: int) -> None:
        super().__init__(count=count, headers={"Retry-After": "10"})


class RunFinished(Problem):
    """Nothing left to cancel."""

    status = 409
    code = "run_finished"
    title = "The run has finished"
    sentence = "This run has already finished; there is nothing to cancel."


class NoResult(Problem):
    """A run that has no result yet, or never will."""

    status = 404
    code = "no_result"
    title = "There is no result"
    sentence = "This run has no result: its status is {status}."


class AssemblyDefective(Problem):
    """What was stored does not make a sound problem together."""

    status = 409
    code = "assembly_defective"
    title = "The tender and its bids do not fit together"
    sentence = "The problem made of this tender has the defects listed under errors."


# What can make a run fail: code of `Run.failure` and its sentence.
FAILURES: Mapping[str, str] = {
    "solver_failed": "The solver failed: {reason}",
    "problem_refused": "The solver cannot take this problem: {reason}",
    "verification_failed": "The result did not pass its verification and was discarded: {reason}",
    "worker_lost": "The workers that solved this were lost too often; the run was given up.",
    "internal": "The server could not complete this run.",
}
