"""Whole numbers by columns are those of the plain scaling, offer by offer."""

from app.allocation import document as documents
from app.allocation.problem import Scaled
from app.allocation.scale.arrays import Arrays, arrays_of
from tests.allocation.scale.carried import tender, tiny


def of_offer(a: Arrays, o: int) -> tuple[object, ...]:
    low, high = a["tier_ptr"][o : o + 2]
    tiers = [
        (
            int(a["tier_least"][k]),
            int(a["tier_most"][k]),
            a["tier_step"][k] * a.money,
            a["tier_fixed"][k] * a.money,
        )
        for k in range(low, high)
    ]
    limit = tuple(int(most) for most in a["limit"][o])
    return limit, int(a["most"][o]), int(a["least"][o]), int(a["least_delivery"][o]), tiers


def test_columns_agree_with_the_plain_scaling() -> None:
    for document in [*map(tiny, range(60)), tender(1)]:
        problem = documents.read(document)
        plain, made = Scaled(problem), arrays_of(problem)
        for o, offer in enumerate(made.order):
            one = plain.offers[offer.id]
            tiers = [(t.least, t.most, t.per_step, t.fixed) for t in one.tiers]
            known = (one.limit, one.most, one.least, one.per_delivery, tiers)
            assert of_offer(made, o) == known, offer.id
