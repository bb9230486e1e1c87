"""Prices: the tier that the total quantity falls in."""

from app.allocation.elements import Offer
from app.allocation.frame import Formulation
from app.allocation.linear import Linear


def one_tier_is_paid(f: Formulation) -> None:
    """``Σ_k tier[o,k] = use[o]`` and ``Σ_k tier_steps[o,k] = Σ_t quantity[o,t]``.

    Each within its tier: ``least_k·tier[o,k] ≤ tier_steps[o,k] ≤ most_k·tier[o,k]``.

    The price is ``Σ_k fixed_k·tier[o,k] + per_step_k·tier_steps[o,k]``: the convex hull of each
    offer's tiers. An offer whose reachable tiers are one needs no column of its own.
    """
    for offer in f.problem.offers.values():
        tiers = f.scaled.offers[offer.id].tiers
        if len(tiers) > 1:
            f.price[offer.id] = _tiered(f, offer)
        elif tiers:
            price = f.steps(offer.id).times(tiers[0].per_step)
            f.price[offer.id] = price.add_term(f.use[offer.id], tiers[0].fixed)
        else:
            f.price[offer.id] = Linear()


def _tiered(f: Formulation, offer: Offer) -> Linear:
    model, home = f.model, f.homes[offer.lot]
    one, whole, price = Linear.of(f.use[offer.id], -1), f.steps(offer.id).times(-1), Linear()
    for tier in f.scaled.offers[offer.id].tiers:
        here = f"[{offer.id},{tier.index}]"
        chosen = model.column(f"tier{here}", 0, 1, home)
        steps = model.column(f"tier_steps{here}", 0, tier.most, home)
        model.row(f"tier_from{here}", Linear({steps: 1, chosen: -tier.least}), lower=0)
        model.row(f"tier_to{here}", Linear({steps: 1, chosen: -tier.most}), upper=0)
        one.add_term(chosen, 1)
        whole.add_term(steps, 1)
        price.add_term(chosen, tier.fixed).add_term(steps, tier.per_step)
    model.row(f"tier[{offer.id}]", one, lower=0, upper=0)
    model.row(f"tier_steps[{offer.id}]", whole, lower=0, upper=0)
    return price
