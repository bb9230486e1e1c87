"""A problem in which the deliveries of some first periods have been made and stay as they are."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from app.allocation.document import DocumentError, decimal_text, defect
from app.allocation.elements import Offer, Problem
from app.allocation.explaining.changing import Document, fresh, pinned
from app.allocation.reading.values import Json

NONE = Fraction(0)
Row = tuple[Fraction, ...]
Entry = dict[str, Json]
# Where an offer is named as one of several awards: what was delivered of it is used for certain.
_NAMED = (("charges", "any_of"), ("choices", "of"), ("requires", "if"), ("requires", "then_any_of"))


@dataclass(frozen=True)
class Behind:
    """What lies behind.

    ``count`` is the number of periods, ``made`` the deliveries in them by offer (one quantity per
    such period, some above 0), ``kept`` the id of the offer that stands for them.
    """

    problem: Problem
    count: int
    made: Mapping[str, Row]
    kept: Mapping[str, str]

    def delivered(self, offer: str) -> Fraction:
        """Return what an offer delivered."""
        return sum(self.made.get(offer, ()), NONE)


def frozen(
    problem: Problem, document: Document, reference: Document, until: str
) -> tuple[Entry, Mapping[str, str]]:
    """Return the problem in which the reference's deliveries up to a period are kept.

    Parameters
    ----------
    problem, document
        The problem, read and as it stands.
    reference
        ``allocations`` of its offers, and accepted ``packages``.
    until
        The last period that lies behind.

    Returns
    -------
    tuple
        The problem with its ``reference``, and for each offer that delivered the id of the one that
        stands for its deliveries. The offer itself stands for the rest; a resource without capacity
        keeps everything else out of those periods. Packages that bring anything in them are
        accepted or not, as they were.

    Raises
    ------
    DocumentError
        If there is no such period.

    Notes
    -----
    Prices go on where the deliveries left off: tiers, minimum, maximum and pins count what was
    delivered. That itself costs what its tiers say; where all units cost the price of the tier
    reached, a tier that is reached later does not change it any more.
    """
    if until not in problem.periods:
        raise DocumentError([defect("", "unknown_id", kind="period", id=until)])
    count = problem.periods.index(until) + 1
    rows = {one["offer"]: _row(one["quantities"], problem) for one in reference["allocations"]}
    made = {offer: row[:count] for offer, row in rows.items() if any(row[:count])}
    behind = Behind(problem, count, made, _ids(document, made))
    before = {**reference, "allocations": list(_divided(behind, rows))}
    accepted = reference.get("packages", ())
    changed = _with_offers(behind, document, accepted)
    for package in problem.packages.values():
        if any(any(item.quantity[:count]) for item in package.items):
            changed = pinned(changed, package.id, used=package.id in accepted)
    return {**changed, "reference": before}, behind.kept


def listed(stated: Json) -> list[Json]:
    """Return quantities as a list; a single one is the first period's."""
    return list(stated) if isinstance(stated, (list, tuple)) else [stated]


def _row(stated: Json, problem: Problem) -> Row:
    row = tuple(Fraction(amount) for amount in listed(stated))
    return row + (NONE,) * (len(problem.periods) - len(row))


def _ids(document: Document, made: Mapping[str, Row]) -> dict[str, str]:
    taken = {one["id"] for name in ("offers", "packages") for one in document.get(name, ())}
    ids: dict[str, str] = {}
    for offer in made:
        ids[offer] = _unlike(taken | set(ids.values()), f"{offer} delivered")
    return ids


def _unlike(taken: set[str], stem: str) -> str:
    name, k = stem, 1
    while name in taken:
        name, k = f"{stem}-{k}", k + 1
    return name


def _divided(behind: Behind, rows: Mapping[str, Row]) -> Iterator[Entry]:
    """Yield the reference with the deliveries made under their own ids."""
    for offer, row in rows.items():
        past, rest = row[: behind.count], row[behind.count :]
        if offer in behind.kept:
            quantities = _texts((*past, *(NONE for _ in rest)))
            yield {"offer": behind.kept[offer], "quantities": quantities}
        yield {"offer": offer, "quantities": _texts((*(NONE for _ in past), *rest))}


def _with_offers(behind: Behind, document: Document, accepted: Collection[str]) -> Entry:
    closed = _unlike({one["id"] for one in document.get("resources", ())}, "delivered periods")
    offers: list[Entry] = []
    for stated in document.get("offers", ()):
        offer = behind.problem.offers[stated["id"]]
        rest = {
            **stated,
            "uses": [*stated.get("uses", ()), {"resource": closed, "per_delivery": "1"}],
        }
        if offer.id in behind.made:
            offers.append(_past(behind, offer, stated))
            rest |= _rest(behind, offer)
        offers.append(rest)
    capacity = ["0"] * behind.count
    capacity += [str(len(offers))] * (len(behind.problem.periods) - behind.count)
    changed: Entry = {
        **_naming(behind, document),
        "offers": offers,
        "resources": [
            *_resources(behind, document, accepted),
            {"id": closed, "capacity": capacity},
        ],
        "pins": list(_pins(behind, document)),
    }
    for name, kept in behind.kept.items():
        whole = decimal_text(behind.delivered(name))
        pin = {"id": fresh(changed, f"pin {kept}"), "offer": kept, "min": whole, "max": whole}
        changed["pins"].append(pin)
    return changed


def _past(behind: Behind, offer: Offer, stated: Document) -> Entry:
    """Return the offer that stands for what was delivered: no more fits in than that."""
    made = behind.made[offer.id]
    entry = {k: v for k, v in stated.items() if k not in {"minimum", "delivery_minimum"}}
    if any(amount % Fraction(offer.increment) for amount in made):
        entry.pop("increment", None)
    rest = (NONE,) * (len(behind.problem.periods) - behind.count)
    return {**entry, "id": behind.kept[offer.id], "maximum": _texts((*made, *rest))}


def _rest(behind: Behind, offer: Offer) -> Entry:
    """Return the fields in which what can still be delivered differs from the whole offer."""
    done = behind.delivered(offer.id)
    fields: Entry = {"setup": "0", "minimum": _left(offer.minimum, done)}
    if offer.maximum is not None:
        fields["maximum"] = _left(offer.maximum, done)
    tiers = offer.price.tiers
    if len(tiers) > 1:
        ends = [Fraction(tier.start) for tier in tiers[1:]]
        fields["price"] = {
            "kind": "all_units" if offer.price.all_units else "incremental",
            "tiers": [
                {"from": _left(tier.start, done), "unit": decimal_text(tier.unit)}
                for tier, end in zip(tiers, [*ends, None], strict=True)
                if end is None or end > done
            ],
        }
    return fields


def _left(amount: Json, done: Fraction) -> str:
    return decimal_text(max(NONE, Fraction(amount) - done))


def _pins(behind: Behind, document: Document) -> Iterator[Entry]:
    """Yield the pins, of which those on offers that delivered now speak of the rest."""
    for pin in document.get("pins", ()):
        if pin.get("offer") not in behind.made:
            yield dict(pin)
            continue
        done = behind.delivered(pin["offer"])
        limits = {name: _left(pin[name], done) for name in ("min", "max") if name in pin}
        yield {**pin, **limits}


def _naming(behind: Behind, document: Document) -> Entry:
    """Return the problem in which whatever names an offer that delivered names its deliveries."""
    changed: Entry = dict(document)
    for name, field in _NAMED:
        if name in changed:
            changed[name] = [{**one, field: _instead(behind, one[field])} for one in changed[name]]
    if "discounts" in changed:
        changed["discounts"] = [
            {**one, "on": _beside(behind, one["on"])} for one in changed["discounts"]
        ]
    for name in ("rules", "adjustments"):
        if name in changed:
            changed[name] = [_scoped(behind, one) for one in changed[name]]
    return changed


def _instead(behind: Behind, named: Json) -> Json:
    if isinstance(named, str):
        return behind.kept.get(named, named)
    return [behind.kept.get(one, one) for one in named]


def _beside(behind: Behind, named: Json) -> list[str]:
    return [*named, *(behind.kept[one] for one in named if one in behind.kept)]


def _scoped(behind: Behind, one: Document) -> Entry:
    scopes = {
        field: {**one[field], "offers": _beside(behind, one[field]["offers"])}
        for field in ("scope", "select")
        if "offers" in one.get(field, {})
    }
    return {**one, **scopes}


def _resources(behind: Behind, document: Document, accepted: Collection[str]) -> Iterator[Entry]:
    """Yield the resources, in the periods behind with room for what was delivered."""
    problem = behind.problem
    for stated in document.get("resources", ()):
        name = stated["id"]
        capacity = list(map(Fraction, problem.resources[name].capacity))
        for t in range(behind.count):
            capacity[t] = max(capacity[t], _used(behind, name, t, accepted))
        yield {**stated, "capacity": _texts(tuple(capacity))}


def _used(behind: Behind, resource: str, t: int, accepted: Collection[str]) -> Fraction:
    whole = NONE
    for name, made in behind.made.items():
        for use in behind.problem.offers[name].uses:
            if use.resource == resource and made[t]:
                whole += Fraction(use.per_unit) * made[t] + Fraction(use.per_delivery)
    for name in accepted:
        for needed in behind.problem.packages[name].uses:
            whole += Fraction(needed.amount[t]) if needed.resource == resource else 0
    return whole


def _texts(quantities: Row) -> list[str]:
    return [decimal_text(amount) for amount in quantities]
