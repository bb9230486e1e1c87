"""The rules part of the format: scopes, adjustments, the six kinds of rules, and pins."""

from app.allocation.reading.kinds import ListOf, MapOf, Number, Text, Truth
from app.allocation.reading.objects import Field, Object, needed
from app.allocation.reading.words import AMOUNT, ID, IDS, SIGNED, WHOLE

SCOPE = Object(
    {
        "lots": Field(IDS, "Lots by id."),
        "lot_tags": Field(IDS, "Lots by tag."),
        "lot_regions": Field(IDS, "Lots by region."),
        "bidders": Field(IDS, "Bidders by id."),
        "bidder_tags": Field(IDS, "Bidders by tag."),
        "firms": Field(IDS, "Firms by id."),
        "firm_sizes": Field(IDS, "Firms by size class."),
        "firm_regions": Field(IDS, "Firms by region."),
        "firm_groups": Field(IDS, "Firms by ownership group."),
        "firm_tags": Field(IDS, "Firms by tag."),
        "offers": Field(IDS, "Offers and packages by id."),
        "offer_tags": Field(IDS, "Offers and packages by tag."),
    },
    "Selects awards: within a list any, between lists all.",
    name="scope",
)

ADJUSTMENT = Object(
    {
        "id": needed(ID, "Names the adjustment."),
        "scope": Field(SCOPE, "The awards that it is counted on."),
        "percent": Field(SIGNED, "Of their value."),
        "per_unit": Field(SIGNED, "For each of their units."),
    },
    "For comparison only; never paid.",
)

_RULE_ID = needed(ID, "Names the rule.")
_SCOPE = Field(SCOPE, "The awards that the rule speaks about; absent: all.")
_SELECT = Field(SCOPE, "The part that is measured; absent: all in scope.")
_PENALTY = Field(AMOUNT, "Cost per unit of violation; absent: the rule is hard.")
_MEASURE = needed(Text(allowed=("value", "quantity")), "What is added up.")
_EACH_KINDS = Text(allowed=("bidder", "firm", "firm_group", "firm_region"))
_EACH = Field(_EACH_KINDS, "Limits each of these separately.")
_PER_LOT = Field(Text(allowed=("lot",)), "One cell per lot; absent: one cell.")
_PRIOR = Field(MapOf(AMOUNT), "What each was awarded before.")
_PRIOR_OTHER = Field(AMOUNT, "What others were awarded before: adds to the base alone.")


def _kind(name: str, about: str) -> Field:
    return needed(Text(allowed=(name,)), about)


RULES = {
    "count": Object(
        {
            "id": _RULE_ID,
            "kind": _kind("count", "How many distinct ones have an award."),
            "of": needed(Text(allowed=("bidder", "firm", "firm_group", "lot")), "What is counted."),
            "per": Field(Text(allowed=("lot", "period")), "One cell per lot or period."),
            "scope": _SCOPE,
            "min": Field(WHOLE, "At least."),
            "max": Field(WHOLE, "At most."),
            "always": Field(Truth(), "min binds cells without an award too; by default false."),
            "penalty": _PENALTY,
        }
    ),
    "share": Object(
        {
            "id": _RULE_ID,
            "kind": _kind("share", "A part of the whole."),
            "each": _EACH,
            "per": _PER_LOT,
            "scope": _SCOPE,
            "select": _SELECT,
            "measure": _MEASURE,
            "min": Field(AMOUNT, "At least this fraction of the base."),
            "max": Field(AMOUNT, "At most this fraction of the base."),
            "prior": _PRIOR,
            "prior_other": _PRIOR_OTHER,
            "penalty": _PENALTY,
        }
    ),
    "top_share": Object(
        {
            "id": _RULE_ID,
            "kind": _kind("top_share", "The part that the largest ones hold together."),
            "each": needed(_EACH_KINDS, "Whose parts are compared."),
            "n": needed(Number(whole=True, above_low=True), "How many of the largest."),
            "per": _PER_LOT,
            "scope": _SCOPE,
            "select": _SELECT,
            "measure": _MEASURE,
            "max": needed(AMOUNT, "At most this fraction of the base."),
            "prior": _PRIOR,
            "prior_other": _PRIOR_OTHER,
            "penalty": _PENALTY,
        }
    ),
    "consistent": Object(
        {
            "id": _RULE_ID,
            "kind": _kind("consistent", "Whoever wins one of the lots wins in each of them."),
            "of": needed(Text(allowed=("bidder", "firm", "firm_group")), "Who."),
            "scope": _SCOPE,
            "penalty": _PENALTY,
        }
    ),
    "split": Object(
        {
            "id": _RULE_ID,
            "kind": _kind("split", "Fixed shares of each lot, largest first."),
            "shares": needed(ListOf(AMOUNT, may_be_empty=False), "Not increasing; add up to 1."),
            "tolerance": Field(AMOUNT, "A fraction of the lot's quantity; by default 0.005."),
            "scope": _SCOPE,
        }
    ),
    "amount": Object(
        {
            "id": _RULE_ID,
            "kind": _kind("amount", "An absolute limit."),
            "each": _EACH,
            "per": _PER_LOT,
            "scope": _SCOPE,
            "select": _SELECT,
            "measure": _MEASURE,
            "min": Field(AMOUNT, "At least."),
            "max": Field(AMOUNT, "At most."),
            "if_awarded": Field(Truth(), "min binds only those that win; by default false."),
            "prior": _PRIOR,
            "prior_other": _PRIOR_OTHER,
            "penalty": _PENALTY,
        }
    ),
}

PIN = Object(
    {
        "id": needed(ID, "Names the pin."),
        "offer": Field(ID, "The offer whose total quantity is bounded."),
        "min": Field(AMOUNT, "At least; above 0 it makes the offer used."),
        "max": Field(AMOUNT, "At most; 0 forbids the offer."),
        "package": Field(ID, "The package that is decided."),
        "accept": Field(Truth(), "Whether the package is accepted."),
    },
    "A decision of the buyer's own.",
)
