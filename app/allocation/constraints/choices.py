"""Choices between alternates, and awards that require others."""

from app.allocation.frame import Formulation
from app.allocation.linear import Linear


def choices_are_kept(f: Formulation) -> None:
    """``min ≤ Σ use[i] ≤ max``. Rows ``choices[x]``."""
    for choice in f.problem.choices:
        number = Linear({f.use[name]: 1 for name in choice.of})
        f.model.row(f"choices[{choice.id}]", number, lower=choice.min, upper=choice.max)


def requires_are_kept(f: Formulation) -> None:
    """``use[if] ≤ Σ use[i]`` over ``then_any_of``. Rows ``requires[q]``."""
    for require in f.problem.requires:
        body = Linear({f.use[name]: 1 for name in require.then_any_of})
        f.model.row(f"requires[{require.id}]", body.add_term(f.use[require.if_used], -1), lower=0)
