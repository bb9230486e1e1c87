"""An offer delivers in a period exactly when its quantity there is above 0."""

from app.allocation.frame import Formulation
from app.allocation.linear import Linear


def deliveries_are_linked(f: Formulation) -> None:
    """``least·deliver[o,t] ≤ quantity[o,t] ≤ limit[o,t]·deliver[o,t] ≤ limit[o,t]·use[o]``.

    Rows ``delivery_minimum[o,t]``, ``delivery[o,t]`` and ``delivery_use[o,t]``; with a single
    period delivering is being used.
    """
    if f.periods == 1:
        return
    for offer in f.problem.offers.values():
        scaled = f.scaled.offers[offer.id]
        for t, period in enumerate(f.problem.periods):
            if (offer.id, t) not in f.deliver:
                continue
            here = f"[{offer.id},{period}]"
            quantity, deliver = f.quantity[offer.id, t], f.deliver[offer.id, t]
            least = Linear({quantity: 1, deliver: -scaled.per_delivery})
            f.model.row(f"delivery_minimum{here}", least, lower=0)
            most = Linear({quantity: 1, deliver: -scaled.limit[t]})
            f.model.row(f"delivery{here}", most, upper=0)
            used = Linear({deliver: 1, f.use[offer.id]: -1})
            f.model.row(f"delivery_use{here}", used, upper=0)
