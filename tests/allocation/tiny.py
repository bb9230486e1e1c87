"""Tiny random problems over the features of the format, small enough to try every allocation."""

from collections.abc import Callable
from random import Random
from typing import Any

from app.allocation.document import FORMAT
from tests.allocation.brute import size
from tests.allocation.tiny_rules import RULES

Entry = dict[str, Any]
SIZES = ("micro", "small", "large")
REGIONS = ("ID-JB", "ID-JT")
MOST_ALLOCATIONS = 700


class Maker:
    """Draws one problem; ``chance`` and ``pick`` take all randomness from one source."""

    def __init__(self, random: Random, features: frozenset[str]) -> None:
        self.random = random
        self.features = features
        self.periods = self.pick(1, 1, 2)

    def pick(self, *values: Any) -> Any:
        return values[self.random.randrange(len(values))]

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def some(self, names: list[str]) -> list[str]:
        chosen = [name for name in names if self.chance(60)]
        return chosen or [self.pick(*names)]

    def has(self, feature: str, percent: int = 50) -> bool:
        return feature in self.features and self.chance(percent)

    def problem(self) -> Entry:
        entry: Entry = {"format": FORMAT, "currency": "IDR"}
        if self.periods > 1:
            entry["periods"] = ["W1", "W2"]
        entry["lots"] = [self.lot(f"L{i}") for i in range(self.pick(1, 2, 2, 3))]
        entry["firms"] = [self.firm(f"F{i}") for i in range(self.pick(2, 3))]
        firms = [firm["id"] for firm in entry["firms"]]
        entry["bidders"] = [self.bidder(f"B{i}", firms) for i in range(self.pick(2, 2, 3))]
        entry["resources"] = [
            {"id": f"R{i}", "firm": self.pick(*firms), "capacity": self.series(3, 8)}
            for i in range(self.pick(0, 1, 2))
        ]
        count = self.pick(1, 2, 3, 4)
        entry["offers"] = [self.offer(f"O{i}", entry) for i in range(count)]
        if "packages" in self.features:
            packages = range(self.pick(0, 1, 2))
            entry["packages"] = [self.package(f"P{i}", entry) for i in packages]
        self.rest(entry)
        return entry

    def rest(self, entry: Entry) -> None:
        makers: dict[str, tuple[Callable[[str, Entry], Entry], str]] = {
            "charges": (self.charge, "C"),
            "choices": (self.choice, "X"),
            "requires": (self.require, "Q"),
            "adjustments": (self.adjustment, "A"),
        }
        for name, (make, letter) in makers.items():
            if self.has(name, 40):
                entry[name] = [make(f"{letter}{i}", entry) for i in range(self.pick(1, 2))]
        if self.has("discounts", 40):
            entry["discounts"] = self.discounts(entry)
        entry["rules"] = [self.rule(f"R-{i}", entry) for i in range(self.pick(0, 0, 1, 1, 2))]
        if self.has("pins", 25):
            entry["pins"] = [self.pin("N0", entry)]
        if self.has("objective", 40):
            entry["objective"] = [self.stage(entry) for _ in range(self.pick(1, 2, 2, 3))]
        if self.has("reference", 60):
            entry["reference"] = self.reference(entry)

    def series(self, low: int, high: int) -> Any:
        values = [str(self.pick(*range(low, high + 1))) for _ in range(self.periods)]
        return values if self.periods > 1 and self.chance(70) else values[0]

    def lot(self, name: str) -> Entry:
        entry: Entry = {"id": name, "unit": "pc", "demand": self.series(0, 3)}
        if self.chance(20):
            entry["increment"] = self.pick("0.5", "2", "1")
        if self.chance(50):
            entry["shortfall_cost"] = self.pick("3", "40", "7.5")
        if self.chance(50):
            entry["carry_cost"] = self.pick("0", "1", "2.25")
        if self.chance(40):
            entry["over_cost"] = self.pick("0", "1")
        if self.chance(50):
            entry["tags"] = ["hot"]
        if self.chance(50):
            entry["region"] = self.pick(*REGIONS)
        return entry

    def firm(self, name: str) -> Entry:
        entry: Entry = {"id": name}
        if self.chance(80):
            entry["size"] = self.pick(*SIZES)
        if self.chance(70):
            entry["region"] = self.pick(*REGIONS)
        if self.chance(50):
            entry["group"] = "G"
        if self.chance(30):
            entry["tags"] = ["women-owned"]
        return entry

    def bidder(self, name: str, firms: list[str]) -> Entry:
        entry: Entry = {"id": name, "members": self.some(firms)}
        if self.chance(30):
            entry["tags"] = ["local"]
        return entry

    def shared(self, entry: Entry, document: Entry) -> None:
        """Fields that offers and packages have in common."""
        members = next(b["members"] for b in document["bidders"] if b["id"] == entry["bidder"])
        if len(members) == 2 and self.chance(50):
            first = self.pick("0.25", "0.6", "1")
            second = {"0.25": "0.75", "0.6": "0.4", "1": "0"}[first]
            entry["workshare"] = dict(zip(members, (first, second), strict=True))
        if self.chance(20):
            entry["tags"] = ["green"]
        if self.chance(30):
            entry["order"] = self.pick(1, 2, 5)
        entry["scores"] = {"quality": self.pick("0", "1", "-0.5", "2")}

    def offer(self, name: str, document: Entry) -> Entry:
        entry: Entry = {
            "id": name,
            "bidder": self.pick(*[b["id"] for b in document["bidders"]]),
            "lot": self.pick(*[lot["id"] for lot in document["lots"]]),
            "price": self.price(),
        }
        of_lot = next(lot for lot in document["lots"] if lot["id"] == entry["lot"])
        if self.chance(20):
            step = float(of_lot.get("increment", "1"))
            entry["increment"] = f"{step * self.pick(1, 2):g}"
        for field, percent, values in (
            ("minimum", 25, ("1", "2", "1.5")),
            ("delivery_minimum", 20, ("1", "2")),
            ("setup", 40, ("1", "5", "12")),
            ("delivery_cost", 30, ("2", "6")),
            ("freight", 30, ("0.5", "1")),
        ):
            if self.chance(percent):
                entry[field] = self.pick(*values)
        if self.chance(70):
            most = self.series(1, 3)
            entry["maximum"] = most if isinstance(most, list) else self.pick("2", "3", "4")
        if document["resources"] and self.chance(60):
            entry["uses"] = [self.use(document)]
        self.shared(entry, document)
        return entry

    def use(self, document: Entry) -> Entry:
        entry = {"resource": self.pick(*[r["id"] for r in document["resources"]])}
        if self.chance(80):
            entry["per_unit"] = self.pick("1", "2", "0.75")
        if self.chance(30):
            entry["per_delivery"] = self.pick("1", "2.5")
        return entry

    def price(self) -> Any:
        if self.chance(40):
            return self.pick("10", "8.5", "14", "0")
        tiers = [{"from": "0", "unit": self.pick("10", "12")}]
        starts = ("2", "3") if self.chance(40) else ("2",)
        tiers += [{"from": s, "unit": self.pick("7", "9.5", "12", "4")} for s in starts]
        return {"kind": self.pick("incremental", "all_units"), "tiers": tiers}

    def package(self, name: str, document: Entry) -> Entry:
        lots = self.some([lot["id"] for lot in document["lots"]])
        values = [self.pick("4", "7") for _ in lots]
        entry: Entry = {
            "id": name,
            "bidder": self.pick(*[b["id"] for b in document["bidders"]]),
            "price": f"{sum(map(int, values))}",
            "items": [
                {"lot": lot, "quantity": self.series(0, 2), "value": value}
                for lot, value in zip(lots, values, strict=True)
            ],
        }
        if document["resources"] and self.chance(40):
            resource = self.pick(*[r["id"] for r in document["resources"]])
            entry["uses"] = [{"resource": resource, "amount": self.series(1, 3)}]
        self.shared(entry, document)
        return entry

    def sources(self, document: Entry) -> list[str]:
        return [one["id"] for one in (*document["offers"], *document.get("packages", ()))]

    def charge(self, name: str, document: Entry) -> Entry:
        return {
            "id": name,
            "amount": self.pick("3", "8"),
            "any_of": self.some(self.sources(document)),
        }

    def choice(self, name: str, document: Entry) -> Entry:
        of = self.some(self.sources(document))
        entry: Entry = {"id": name, "of": of}
        if self.chance(40):
            entry["min"] = self.pick(0, 1)
        if self.chance(70):
            entry["max"] = self.pick(1, 2)
        return entry

    def require(self, name: str, document: Entry) -> Entry:
        sources = self.sources(document)
        return {"id": name, "if": self.pick(*sources), "then_any_of": self.some(sources)}

    def discounts(self, document: Entry) -> list[Entry]:
        offers = [offer["id"] for offer in document["offers"]]
        entries = []
        while offers and len(entries) < 2:
            on = self.some(offers)
            offers = [name for name in offers if name not in on]
            basis, kind = self.pick(
                ("quantity", "all_units"), ("value", "all_units"), ("value", "incremental")
            )
            starts = ("2", "4") if basis == "quantity" else ("15", "31.5")
            percents = [self.pick("0", "2"), *(self.pick("5", "10", "1", "12.5") for _ in starts)]
            tiers = [
                {"from": start, "percent": percent}
                for start, percent in zip(("0", *starts), percents, strict=True)
            ]
            entries.append(
                {"id": f"D{len(entries)}", "on": on, "basis": basis, "kind": kind, "tiers": tiers}
            )
        return entries

    def scope(self, document: Entry) -> Entry:
        entry: Entry = {}
        ids = {name: [e["id"] for e in document[name]] for name in ("lots", "bidders", "firms")}
        choices: dict[str, list[str]] = {
            **ids,
            "lot_tags": ["hot"],
            "lot_regions": [REGIONS[0]],
            "bidder_tags": ["local"],
            "firm_sizes": list(SIZES[:2]),
            "firm_regions": [REGIONS[1]],
            "firm_groups": ["G"],
            "firm_tags": ["women-owned"],
            "offers": self.sources(document),
            "offer_tags": ["green"],
        }
        for _ in range(self.pick(0, 1, 1, 2)):
            word = self.pick(*choices)
            entry[word] = self.some(choices[word])
        return entry

    def adjustment(self, name: str, document: Entry) -> Entry:
        entry: Entry = {"id": name, "scope": self.scope(document)}
        if self.chance(70):
            entry["percent"] = self.pick("-5", "10")
        if self.chance(50):
            entry["per_unit"] = self.pick("1", "-2")
        return entry

    def rule(self, name: str, document: Entry) -> Entry:
        kinds = [kind for kind in RULES if f"rule:{kind}" in self.features]
        kind = self.pick(*kinds)
        entry: Entry = {"id": name, "kind": kind}
        if self.chance(50):
            entry["scope"] = self.scope(document)
        RULES[kind](self, entry, document)
        if kind != "split" and self.chance(35):
            entry["penalty"] = self.pick("1", "4.5", "30")
        return entry

    def pin(self, name: str, document: Entry) -> Entry:
        if document.get("packages") and self.chance(50):
            package = self.pick(*[p["id"] for p in document["packages"]])
            return {"id": name, "package": package, "accept": self.chance(50)}
        entry: Entry = {"id": name, "offer": self.pick(*[o["id"] for o in document["offers"]])}
        low = self.pick("0", "1", "2")
        if self.chance(80):
            entry["min"] = low
        if self.chance(60):
            entry["max"] = str(int(low) + self.pick(0, 1))
        return entry

    def stage(self, document: Entry) -> Entry:
        measures = ["cost", "winners", "order", "score:quality"]
        measures += [m for m in ("change", "peak_load", "adjustment") if m in self.features]
        terms = []
        for _ in range(self.pick(1, 1, 2)):
            measure = self.pick(*measures)
            weights = ("1", "0.5", "2") + (("-1",) if self.may_be_negative(measure) else ())
            terms.append({"measure": measure, "weight": self.pick(*weights)})
        entry: Entry = {"terms": terms}
        if self.chance(30):
            entry["tolerance"] = self.pick("0.1", "0.25")
        return entry

    def may_be_negative(self, measure: str) -> bool:
        return measure != "cost" or "negative" in self.features

    def reference(self, document: Entry) -> Entry:
        entry: Entry = {}
        offers = self.some([offer["id"] for offer in document["offers"]])
        entry["allocations"] = [{"offer": o, "quantities": self.series(0, 2)} for o in offers]
        if document.get("packages"):
            entry["packages"] = self.some([p["id"] for p in document["packages"]])
        return entry


FIRST = frozenset({"rule:count", "rule:share", "pins", "objective"})
ALL = FIRST | {
    *("rule:" + kind for kind in RULES),
    *("packages", "charges", "discounts", "choices", "requires", "adjustments"),
    *("change", "peak_load", "adjustment", "reference", "negative"),
}


def drawn(seed: int, features: frozenset[str] = ALL) -> Entry:
    """Return the tiny problem of a number."""
    return tiny(Random(seed), features)  # noqa: S311  # nothing secret is drawn


def tiny(random: Random, features: frozenset[str] = ALL) -> Entry:
    """Return a random problem with few enough allocations to try them all."""
    document = Maker(random, features).problem()
    while size(document) > MOST_ALLOCATIONS:
        largest = max(document["offers"], key=lambda offer: size({**document, "offers": [offer]}))
        largest["maximum"] = "1" if largest.get("maximum") != "1" else "0"
    return document
