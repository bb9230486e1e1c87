"""The allocation format, version 1: every field of a problem, its kind and its meaning."""

from app.allocation.reading.format_rules import ADJUSTMENT, PIN, RULES
from app.allocation.reading.kinds import ListOf, MapOf, PerPeriod, Text
from app.allocation.reading.objects import ByField, Field, NumberOr, Object, needed
from app.allocation.reading.words import (
    AMOUNT,
    ID,
    IDS,
    LABEL,
    PERCENT,
    POSITIVE,
    SIGNED,
    TAGS,
    WHOLE,
)

FORMAT = "jejaring.allocation-problem/1"

LOT = Object(
    {
        "id": needed(ID, "Names the lot."),
        "unit": Field(LABEL, "The unit that its quantities are counted in."),
        "increment": Field(POSITIVE, "Awards are whole multiples of it; by default 1."),
        "demand": needed(PerPeriod(), "One number (the first period's), or one per period."),
        "shortfall_cost": Field(
            AMOUNT, "Per unit left unfilled; absent: unfilled only where nothing else is possible."
        ),
        "carry_cost": Field(
            AMOUNT, "Per unit and period delivered early; absent: no early delivery."
        ),
        "over_cost": Field(AMOUNT, "Per unit beyond demand; absent: nothing beyond demand."),
        "tags": TAGS,
        "region": Field(ID, "Where the lot is needed."),
    },
    "Something to be bought.",
)

FIRM = Object(
    {
        "id": needed(ID, "Names the firm."),
        "size": Field(ID, "Its size class, such as micro or small."),
        "region": Field(ID, "Where it is; absent: in no region."),
        "group": Field(ID, "The ownership group; absent: a group of its own."),
        "tags": TAGS,
    },
    "A firm that does work.",
)

BIDDER = Object(
    {
        "id": needed(ID, "Names the bidder."),
        "members": needed(ListOf(ID, may_be_empty=False), "Its firms: one, or a consortium."),
        "tags": TAGS,
    },
    "Who bids: a consortium, or one firm.",
)

RESOURCE = Object(
    {
        "id": needed(ID, "Names the resource."),
        "firm": Field(ID, "The firm that it belongs to."),
        "capacity": needed(PerPeriod(), "One number for every period, or one for each."),
    },
    "Something that runs out: machine hours, units.",
)

PRICE_TIER = Object(
    {
        "from": needed(AMOUNT, "The quantity from which the tier holds; the first is 0."),
        "unit": needed(AMOUNT, "The price of a unit."),
    }
)
PRICE = NumberOr(
    AMOUNT,
    Object(
        {
            "kind": needed(
                Text(allowed=("incremental", "all_units")),
                "incremental: each unit at its own tier's price; all_units: all at the last.",
            ),
            "tiers": needed(ListOf(PRICE_TIER, may_be_empty=False), "From rising quantities."),
        }
    ),
)

OFFER_USE = Object(
    {
        "resource": needed(ID, "The resource used."),
        "per_unit": Field(AMOUNT, "For every unit; by default 0."),
        "per_delivery": Field(AMOUNT, "In every period in which it delivers; by default 0."),
    }
)
WORKSHARE = Field(
    MapOf(AMOUNT), "Each member's part of the work, adding up to 1; by default equal parts."
)
SCORES = Field(MapOf(SIGNED), "Named figures for the measure score:<name>.")
ORDER = Field(WHOLE, "A published order for breaking ties; by default 0.")

OFFER = Object(
    {
        "id": needed(ID, "Names the offer; offers and packages share one id space."),
        "bidder": needed(ID, "Who offers."),
        "lot": needed(ID, "What is offered."),
        "price": needed(PRICE, "Per unit, or in tiers over the quantity of all periods."),
        "increment": Field(POSITIVE, "Pack size, a multiple of the lot's; by default the lot's."),
        "minimum": Field(AMOUNT, "Over all periods, if used at all; by default 0."),
        "delivery_minimum": Field(AMOUNT, "In every period in which it delivers; by default 0."),
        "maximum": Field(
            PerPeriod(),
            "Over all periods, or one per period; by default the lot's demand rounded up to the "
            "increment, at least the minimum.",
        ),
        "setup": Field(AMOUNT, "Once, if used; by default 0."),
        "delivery_cost": Field(AMOUNT, "Once for every period in which it delivers; default 0."),
        "freight": Field(AMOUNT, "Per unit; by default 0."),
        "uses": Field(ListOf(OFFER_USE), "What it needs of resources."),
        "workshare": WORKSHARE,
        "scores": SCORES,
        "tags": TAGS,
        "order": ORDER,
    },
    "One bidder's price for one lot.",
)

PACKAGE_ITEM = Object(
    {
        "lot": needed(ID, "The lot."),
        "quantity": needed(PerPeriod(), "One number (the first period's), or one per period."),
        "value": Field(AMOUNT, "This item's part of the price, for rules on single lots."),
    }
)
PACKAGE_USE = Object(
    {
        "resource": needed(ID, "The resource used."),
        "amount": needed(PerPeriod(), "One number (the first period's), or one per period."),
    }
)
PACKAGE = Object(
    {
        "id": needed(ID, "Names the package; offers and packages share one id space."),
        "bidder": needed(ID, "Who offers."),
        "price": needed(AMOUNT, "For everything in it."),
        "items": needed(ListOf(PACKAGE_ITEM, may_be_empty=False), "What it delivers."),
        "uses": Field(ListOf(PACKAGE_USE), "What it needs of resources."),
        "workshare": WORKSHARE,
        "scores": SCORES,
        "tags": TAGS,
        "order": ORDER,
    },
    "Several quantities at one price, all or nothing.",
)

CHARGE = Object(
    {
        "id": needed(ID, "Names the charge."),
        "amount": needed(AMOUNT, "Paid once."),
        "any_of": needed(ListOf(ID, may_be_empty=False), "Paid if any of these is used."),
    },
    "A cost that several offers and packages share.",
)

DISCOUNT_TIER = Object(
    {
        "from": needed(AMOUNT, "Of the basis; the first is 0."),
        "percent": needed(PERCENT, "Taken off, from 0 to 100."),
    }
)
DISCOUNT = Object(
    {
        "id": needed(ID, "Names the discount."),
        "on": needed(ListOf(ID, may_be_empty=False), "Its offers; each in one discount at most."),
        "basis": needed(Text(allowed=("quantity", "value")), "What the tiers are counted in."),
        "kind": needed(
            Text(allowed=("all_units", "incremental")), "Of the whole value, or slice by slice."
        ),
        "tiers": needed(ListOf(DISCOUNT_TIER, may_be_empty=False), "From rising amounts."),
    },
    "A reduction that grows with what is bought; compulsory.",
)

CHOICE = Object(
    {
        "id": needed(ID, "Names the choice."),
        "of": needed(ListOf(ID, may_be_empty=False), "Offers and packages, each named once."),
        "min": Field(WHOLE, "How many must be used; by default 0."),
        "max": Field(WHOLE, "How many may be used; by default any number."),
    },
    "Alternates: how many of these may be used.",
)

REQUIRE = Object(
    {
        "id": needed(ID, "Names the condition."),
        "if": needed(ID, "If this offer or package is used,"),
        "then_any_of": needed(ListOf(ID, may_be_empty=False), "one of these must be used."),
    },
    "One award that needs another.",
)

TERM = Object(
    {
        "measure": needed(
            ID, "cost, winners, change, score:<name>, peak_load, order or adjustment."
        ),
        "weight": Field(SIGNED, "Multiplies the measure; by default 1."),
    }
)
STAGE = Object(
    {
        "terms": needed(ListOf(TERM, may_be_empty=False), "Added up and minimised."),
        "tolerance": Field(AMOUNT, "How much later stages may worsen it; by default 0."),
    }
)

REFERENCE = Object(
    {
        "allocations": Field(
            ListOf(
                Object(
                    {
                        "offer": needed(ID, "The offer."),
                        "quantities": needed(PerPeriod(), "One per period."),
                    }
                )
            ),
            "Quantities of offers.",
        ),
        "packages": Field(IDS, "Accepted packages."),
    },
    "An allocation to compare with, for the measure change.",
)

PROBLEM = Object(
    {
        "format": needed(Text(allowed=(FORMAT,)), "The format's name and version."),
        "currency": needed(ID, "The currency of every amount."),
        "periods": Field(ListOf(ID, may_be_empty=False), "Delivery periods, in order."),
        "lots": needed(ListOf(LOT), "What is bought."),
        "firms": Field(ListOf(FIRM), "Who works."),
        "bidders": Field(ListOf(BIDDER), "Who bids."),
        "resources": Field(ListOf(RESOURCE), "What runs out."),
        "offers": Field(ListOf(OFFER), "Prices for single lots."),
        "packages": Field(ListOf(PACKAGE), "Prices for several lots together."),
        "charges": Field(ListOf(CHARGE), "Shared costs."),
        "discounts": Field(ListOf(DISCOUNT), "Reductions over several offers."),
        "choices": Field(ListOf(CHOICE), "Alternates."),
        "requires": Field(ListOf(REQUIRE), "Awards that need others."),
        "adjustments": Field(ListOf(ADJUSTMENT), "For comparison only."),
        "rules": Field(ListOf(ByField("kind", RULES)), "The buyer's and the law's rules."),
        "pins": Field(ListOf(PIN), "The buyer's own decisions."),
        "objective": Field(ListOf(STAGE, may_be_empty=False), "Stages, optimised in order."),
        "reference": Field(REFERENCE, "An allocation to compare with."),
    },
    "A tender's allocation problem.",
)
