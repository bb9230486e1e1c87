"""What can be wrong with a bid's content: the format's own checks and a bid's limits."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from app.allocation.document import DEFECT_MESSAGES, Defect, canonical, defects
from app.kit.problems import SENTENCES, Fault, pointer_of
from app.kit.types import MAX_DIGITS, MAX_PLACES, decimal_text

MAX_OFFERS = 20_000
MAX_VALUES = 1_000  # of one offer
MAX_LISTED = 1_000
# Each value can be a defect of its own: offers are read in groups, and no further than needed, so
# that a hostile body neither fills the memory nor keeps the tender locked.
_GROUP_VALUES = 50_000
# An offer's id goes into `bidder/number/offer`, which order lines keep in 80 characters.
OFFER_ID = r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,39}$"

TOO_MANY_VALUES = "holds more than {most} values"
TOO_MANY_DIGITS = "may have at most 12 digits before and 12 after the point"

_NUMERIC = (
    "price",
    "increment",
    "minimum",
    "delivery_minimum",
    "maximum",
    "setup",
    "delivery_cost",
    "freight",
    "uses",
    "workshare",
    "scores",
    "order",
)
_FREE_NAMES = frozenset({"workshare", "scores"})
_INNER_TEXTS = frozenset({"kind", "resource"})
_LONGEST_NUMBER = 80
_LONGEST_PARAM = 100
_LONGEST_POINTER = 500


def sealed_form(offers: Sequence[Any]) -> tuple[dict[str, Any], str]:
    """Return sound offers as they are stored, and the SHA-256 that consents name.

    The hash is that of `{"offers": […]}` in canonical form (RFC 8785, numbers as their shortest
    decimal text), so a bidder computes it from its own file.
    """
    text = canonical({"offers": offers})
    return json.loads(text), hashlib.sha256(text).hexdigest()


def faults(offers: Sequence[Any], problem: Mapping[str, Any]) -> list[Fault]:
    """Return the defects of a bid's offers, by offer, with pointers into the request.

    Parameters
    ----------
    offers
        As the bidder sent them.
    problem
        The problem that they were set into one by one, as `wording.bid_problem` returns it.

    Returns
    -------
    list of Fault
        All of them; where there are more than `MAX_LISTED`, at least so many.

    Raises
    ------
    RuntimeError
        If anything but the offers is defective: a tender is validated before its publication.
    """
    found: list[Fault] = []
    first: dict[str, int] = {}
    for positions in _groups(offers):
        more = [
            *_duplicates(positions, offers, first),
            *_read(positions, offers, problem),
        ]
        found.extend(sorted(more, key=lambda fault: int(fault.pointer.split("/")[2])))
        if len(found) > MAX_LISTED:
            break
    return found


def _groups(offers: Sequence[Any]) -> Iterator[list[int]]:
    """Yield the positions of offers, as many together as hold so many values."""
    group: list[int] = []
    held = 0
    for position, offer in enumerate(offers):
        values = _values(offer, MAX_VALUES)
        if group and held + values > _GROUP_VALUES:
            yield group
            group, held = [], 0
        group.append(position)
        held += values
    if group:
        yield group


def _values(root: object, most: int) -> int:
    """Return how many values there are in one; beyond `most` it is not counted to the end."""
    count, stack = 0, [root]
    while stack and count <= most:
        value = stack.pop()
        if isinstance(value, Mapping):
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
        count += 1
    return count


def _read(
    positions: Sequence[int], offers: Sequence[Any], problem: Mapping[str, Any]
) -> Iterator[Fault]:
    """Yield what is wrong with single offers: too large, not in the format, or over a limit."""
    small = []
    for position in positions:
        if _values(offers[position], MAX_VALUES) > MAX_VALUES:
            at = f"/offers/{position}"
            yield Fault(at, "too_many_values", TOO_MANY_VALUES, {"most": MAX_VALUES})
        else:
            small.append(position)
    known = set()
    for defect in defects(_part(problem, small)):
        if not defect.pointer.startswith("/offers/"):
            msg = f"the tender itself is defective at {defect.pointer}"
            raise RuntimeError(msg)
        if defect.code != "duplicate_id":  # a group cannot tell where an id stands first
            fault = _fault(defect, small)
            known.add(fault.pointer)
            yield fault
    for position in small:
        if isinstance(offers[position], Mapping):
            yield from _limits(position, offers[position], known)


def _part(problem: Mapping[str, Any], positions: Sequence[int]) -> dict[str, Any]:
    """Return the problem of these offers alone, with the lots that they name."""
    stated = [problem["offers"][position] for position in positions]
    named = {str(offer.get("lot")) for offer in stated if isinstance(offer, Mapping)}
    lots = [lot for lot in problem["lots"] if lot["id"] in named]
    return {**problem, "lots": lots, "offers": stated}


def _duplicates(
    positions: Sequence[int], offers: Sequence[Any], first: dict[str, int]
) -> Iterator[Fault]:
    for position in positions:
        offer = offers[position]
        own_id = offer.get("id") if isinstance(offer, Mapping) else None
        if isinstance(own_id, str):
            before = first.setdefault(own_id, position)
            if before != position:
                params = {"id": _clean(own_id, _LONGEST_PARAM), "first": f"/offers/{before}"}
                template = DEFECT_MESSAGES["duplicate_id"]
                yield Fault(f"/offers/{position}/id", "duplicate_id", template, params)


def _fault(defect: Defect, positions: Sequence[int]) -> Fault:
    """Return a defect at the place of the request that a group's offer was taken from."""
    _empty, _offers, place, *rest = defect.pointer.split("/")
    pointer = "/".join(["/offers", str(positions[int(place)]), *rest])
    params = {name: _clean(text, _LONGEST_PARAM) for name, text in defect.params.items()}
    template = DEFECT_MESSAGES[defect.code]
    return Fault(_clean(pointer, _LONGEST_POINTER), defect.code, template, params)


def _clean(text: str, longest: int) -> str:
    """Return a text of the sender's that an answer can carry: valid Unicode of sane length."""
    shown = text if len(text) <= longest else text[: longest - 1] + "…"
    return shown.encode("utf-8", "replace").decode()


def _limits(position: int, offer: Mapping[str, Any], known: set[str]) -> Iterator[Fault]:
    """Yield what the format allows and a bid does not, where the format has not spoken yet."""
    at = f"/offers/{position}"
    if "bidder" in offer:
        template = DEFECT_MESSAGES["unknown_field"]
        yield Fault(f"{at}/bidder", "unknown_field", template, {"field": "bidder"})
    own_id = offer.get("id")
    if isinstance(own_id, str) and f"{at}/id" not in known and not re.fullmatch(OFFER_ID, own_id):
        kind = "string_pattern_mismatch"
        yield Fault(f"{at}/id", kind, SENTENCES[kind], {"pattern": OFFER_ID})
    for place, value in _numbers(offer):
        if not _is_of_sane_size(value):
            pointer = _clean(at + pointer_of(place), _LONGEST_POINTER)
            if pointer not in known:
                yield Fault(pointer, "too_many_digits", TOO_MANY_DIGITS)


def _numbers(offer: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], object]]:
    """Yield the place and value of everything in an offer that the format reads as a number."""
    stack: list[tuple[tuple[str | int, ...], object]] = [
        ((name,), offer[name]) for name in _NUMERIC if name in offer
    ]
    while stack:
        place, value = stack.pop()
        if isinstance(value, Mapping):
            skipped = frozenset[str]() if place[0] in _FREE_NAMES else _INNER_TEXTS
            stack.extend(((*place, k), v) for k, v in value.items() if k not in skipped)
        elif isinstance(value, list):
            stack.extend(((*place, i), v) for i, v in enumerate(value))
        else:
            yield place, value


def _is_of_sane_size(value: object) -> bool:
    """Tell whether a number has digits that money and quantities have; no number is no matter."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return True
    if isinstance(value, str) and len(value) > _LONGEST_NUMBER:
        return True  # the format refuses it, whatever it is
    try:
        number = Decimal(value)
    except InvalidOperation:
        return True
    if not number or not number.is_finite():
        return True
    if not -MAX_PLACES <= number.adjusted() < MAX_DIGITS:
        return False
    return len(decimal_text(number).partition(".")[2]) <= MAX_PLACES
