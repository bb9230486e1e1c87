"""An offer is used exactly when some of its quantities are above 0."""

from app.allocation.frame import Formulation
from app.allocation.linear import Linear


def use_is_linked(f: Formulation) -> None:
    """``least[o]·use[o] ≤ Σ_t quantity[o,t] ≤ most[o]·use[o]``.

    Where deliveries are not linked also ``quantity[o,t] ≤ limit[o,t]·use[o]``.

    Rows ``minimum[o]``, ``maximum[o]`` and, where deliveries are not linked, ``use[o,t]``.
    """
    for offer in f.problem.offers.values():
        scaled = f.scaled.offers[offer.id]
        use = f.use[offer.id]
        steps = f.steps(offer.id)
        f.model.row(f"minimum[{offer.id}]", steps.plus(Linear.of(use, -scaled.least)), lower=0)
        f.model.row(f"maximum[{offer.id}]", steps.plus(Linear.of(use, -scaled.most)), upper=0)
        for t, period in enumerate(f.problem.periods):
            if f.periods > 1 and (offer.id, t) not in f.deliver:
                body = Linear({f.quantity[offer.id, t]: 1, use: -scaled.limit[t]})
                f.model.row(f"use[{offer.id},{period}]", body, upper=0)
