"""The job engine's log: warnings only, through `logging`, without its advertisements."""

import logging
import re

from app.kit.jobs.errors import JobFailedError

_LINK = re.compile(r"(See documentation for details: )?https?://\S+")


class _Quiet(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], JobFailedError):
            return False  # logged where it happened, with its traceback
        message = record.getMessage()
        if "Conductor" in message:
            return False
        record.msg, record.args = _LINK.sub("", message).rstrip(), ()
        return True


def quiet() -> None:
    """Send the engine's log the way of every other; call before the engine is constructed."""
    log = logging.getLogger("dbos")
    if not log.handlers:
        log.addHandler(logging.NullHandler())  # else it installs a console of its own
    if not any(isinstance(present, _Quiet) for present in log.filters):
        log.addFilter(_Quiet())
    log.propagate = True
    log.setLevel(logging.WARNING)
