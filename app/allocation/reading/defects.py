"""What can be wrong with a document: stable codes and their sentences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

DEFECT_MESSAGES: Mapping[str, str] = {
    # the command line, the file and its bytes
    "bad_option": "{value} is no number of 0 or more, as {option} asks for.",
    "unreadable_file": "The file {name} cannot be read: {reason}.",
    "unwritable_file": "The file {name} cannot be written: {reason}.",
    "not_utf8": "The document is not UTF-8 text (byte {position}).",
    "not_json": "The document is not valid JSON (line {line}, column {column}).",
    "nested_too_deeply": "Lists and objects are nested too deeply.",
    "repeated_key": "The field {field} stands twice in one object.",
    "not_finite": "{value} is not a number of this format.",
    "not_text": "The text holds half of a surrogate pair and is no valid Unicode.",
    # shape
    "wrong_format": "The field format must be {expected}.",
    "missing_field": "The field {field} is missing.",
    "unknown_field": "The field {field} is not part of the format here.",
    "wrong_type": "This must be {expected}.",
    "empty_text": "This text must not be empty.",
    "empty_list": "This list must not be empty.",
    "not_one_of": "{value} is not one of: {allowed}.",
    # numbers
    "not_a_decimal": "This must be a decimal number, such as 12500 or 0.05.",
    "binary_float": "This number went through binary floating point; give it as a decimal string.",
    "number_out_of_range": "This number has more than 30 digits before or after the decimal point.",
    "below_zero": "{value} is negative; this must be 0 or more.",
    "not_above_zero": "{value} must be above 0.",
    "above_limit": "{value} must be at most {limit}.",
    "not_whole": "{value} must be a whole number.",
    # references and lists
    "duplicate_id": "The id {id} is already taken by {first}.",
    "repeated_entry": "{value} is named more than once.",
    "unknown_id": "There is no {kind} with the id {id}.",
    "wrong_period_count": "{given} numbers are given for {expected} periods.",
    # elements
    "not_a_multiple": "{value} is not a whole multiple of the lot's increment {increment}.",
    "first_tier_not_zero": "The first tier must start from 0, not from {value}.",
    "tiers_out_of_order": "Tiers must start higher and higher; {value} follows {before}.",
    "shares_not_one": "The shares add up to {sum}, not to 1.",
    "shares_increase": "Shares must not increase; {value} follows {before}.",
    "not_a_member": "The firm {firm} is not a member of the bidder {bidder}.",
    "item_value_missing": "The item needs a value, because {rule} looks at single lots.",
    "item_values_not_price": "The items' values add up to {sum}, not to the price {price}.",
    "offer_in_two_discounts": "The offer {offer} already stands in the discount {discount}.",
    "units_differ": "Quantities of different units ({units}) cannot be added up.",
    "incremental_needs_value": "An incremental discount must have the basis value.",
    "score_missing": "{id} has no score {score}, which the objective asks for.",
    "pin_target": "A pin names either an offer or a package.",
    "prior_with_per": "Prior awards cannot be combined with per.",
    "prior_key": "Without each, the only key of prior is selected.",
    "scope_lots_only": "The scope of this rule may hold conditions on lots only.",
}


@dataclass(frozen=True)
class Defect:
    """One thing that is wrong with a document.

    Parameters
    ----------
    pointer
        JSON Pointer (RFC 6901) of the place; of a missing field its own pointer.
    code
        Stable key into ``DEFECT_MESSAGES``.
    detail
        An English sentence; other languages are made from ``code`` and ``params``.
    params
        The named parts of the sentence.
    """

    pointer: str
    code: str
    detail: str
    params: Mapping[str, str] = field(default_factory=dict)


def defect(pointer: str, code: str, **params: str) -> Defect:
    """Return the defect ``code`` at ``pointer`` with its sentence filled in."""
    return Defect(pointer, code, DEFECT_MESSAGES[code].format(**params), params)


class DocumentError(Exception):
    """A document is not a problem of the format; ``defects`` names everything wrong with it."""

    def __init__(self, defects: Iterable[Defect]) -> None:
        self.defects = tuple(defects)
        super().__init__("; ".join(f"{d.pointer}: {d.detail}" for d in self.defects))


def pointer(*steps: str | int) -> str:
    """Return the JSON Pointer that goes through ``steps``."""
    return "".join("/" + escape(str(step)) for step in steps)


def escape(step: str) -> str:
    """Return one step of a JSON Pointer with ``~`` and ``/`` escaped."""
    return step.replace("~", "~0").replace("/", "~1")
