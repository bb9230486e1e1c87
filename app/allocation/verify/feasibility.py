"""Whether an allocation keeps everything that is hard, each breach named."""

from collections.abc import Iterator
from fractions import Fraction

from app.allocation.verify.awarded import Awarded
from app.allocation.verify.facts import Source, every, exact, optional

# (code, id of the element, sentence)
Breach = tuple[str, str, str]


def breaches(awarded: Awarded) -> Iterator[Breach]:
    """Yield every limit of an offer, lot, resource, choice, require or pin that is not kept."""
    for name in awarded.quantities:
        yield from _offer(awarded, awarded.facts.offers[name])
    for lot in awarded.facts.lots:
        yield from _lot(awarded, lot)
    yield from _capacity(awarded)
    yield from _choices(awarded)
    yield from _requires(awarded)
    yield from _pins(awarded)


def _offer(awarded: Awarded, offer: Source) -> Iterator[Breach]:
    facts, entry = awarded.facts, offer.entry
    step, whole = facts.increment(offer), awarded.total(offer.id)
    if whole < exact(entry.get("minimum", 0)):
        yield "minimum", offer.id, "less than the offer's minimum"
    most = facts.maximum(offer)
    if most is not None and whole > most:
        yield "maximum", offer.id, "more than the offer's maximum"
    listed = None if most is not None else every(entry["maximum"], facts.count)
    least = exact(entry.get("delivery_minimum", 0))
    for t, quantity in enumerate(awarded.quantities[offer.id]):
        if quantity < 0 or quantity % step:
            yield "increment", offer.id, "not a whole multiple of the increment"
        if 0 < quantity < least:
            yield "delivery_minimum", offer.id, "less than the offer's minimum delivery"
        if listed is not None and quantity > listed[t]:
            yield "maximum", offer.id, "more than the offer's maximum of a period"


def _lot(awarded: Awarded, lot: str) -> Iterator[Breach]:
    _, _, excess = awarded.flows[lot]
    if any(excess) and "over_cost" not in awarded.facts.lots[lot]:
        yield "demand", lot, "more arrives than is demanded, and nothing beyond demand is allowed"


def _capacity(awarded: Awarded) -> Iterator[Breach]:
    facts = awarded.facts
    for name, resource in facts.resources.items():
        capacity = every(resource["capacity"], facts.count)
        for t, period in enumerate(facts.periods):
            if awarded.loads[name, t] > capacity[t]:
                yield "capacity", f"{name} {period}".strip(), "more is used than there is"


def _choices(awarded: Awarded) -> Iterator[Breach]:
    for name, choice in awarded.facts.by_id("choices").items():
        number = Fraction(len(awarded.used & set(choice["of"])))
        high = optional(choice.get("max"))
        if number < exact(choice.get("min", 0)) or (high is not None and number > high):
            yield "choices", name, "too few or too many of its alternates are used"


def _requires(awarded: Awarded) -> Iterator[Breach]:
    for name, require in awarded.facts.by_id("requires").items():
        if require["if"] in awarded.used and not awarded.used & set(require["then_any_of"]):
            yield "requires", name, "what it requires is not used"


def _pins(awarded: Awarded) -> Iterator[Breach]:
    for name, pin in awarded.facts.by_id("pins").items():
        if "package" in pin:
            if (pin["package"] in awarded.packages) != pin["accept"]:
                yield "pins", name, "the package is not decided as pinned"
            continue
        whole = awarded.total(pin["offer"])
        high = optional(pin.get("max"))
        if whole < exact(pin.get("min", 0)) or (high is not None and whole > high):
            yield "pins", name, "the offer's quantity is not within the pin"
