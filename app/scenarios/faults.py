"""What is wrong with a document, as faults of the request that carried it."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.allocation.document import DEFECT_MESSAGES, Defect
from app.kit.problems import Fault, Malformed

# Each value can be a defect of its own, so this bounds the memory that a hostile body takes.
MAX_VALUES = 1_000_000
MAX_LISTED = 1_000
TOO_MANY_VALUES = "holds more than {most} values: solve it with the command line instead"

_LONGEST_PARAM = 100
_LONGEST_POINTER = 500


def fault(defect: Defect, pointer: str) -> Fault:
    """Return a defect as a fault at a place of the request."""
    params = {name: _clean(text, _LONGEST_PARAM) for name, text in defect.params.items()}
    template = DEFECT_MESSAGES[defect.code]
    return Fault(_clean(pointer, _LONGEST_POINTER), defect.code, template, params)


def _clean(text: str, longest: int) -> str:
    """Return a text of the sender's that an answer can carry: valid Unicode of sane length."""
    shown = text if len(text) <= longest else text[: longest - 1] + "…"
    return shown.encode("utf-8", "replace").decode()


def refuse(found: Iterable[Fault]) -> None:
    """Raise `Malformed` when there are faults; `defects` in the answer counts those not listed."""
    faults = list(found)
    if faults:
        raise Malformed(faults=faults[:MAX_LISTED], extra={"defects": len(faults)})


def refuse_too_large(problem: Mapping[str, Any]) -> None:
    """Raise `Malformed` for a problem that this server does not even look through."""
    count, stack = 0, [problem]
    while stack:
        value: Any = stack.pop()
        if isinstance(value, Mapping):
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
        count += 1
        if count + len(stack) > MAX_VALUES:
            most = {"most": MAX_VALUES}
            refuse([Fault("/problem", "too_many_values", TOO_MANY_VALUES, most)])
