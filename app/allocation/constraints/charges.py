"""Charges: costs that several awards share."""

from app.allocation.frame import Formulation


def charges_fall_due(f: Formulation) -> None:
    """``charges[c] = 1`` exactly when one of its offers and packages is used.

    Rows ``charges[c]``.
    """
    for charge in f.problem.charges:
        columns = (f.use[name] for name in charge.any_of)
        f.charge[charge.id] = f.any_of(f"charges[{charge.id}]", columns)
