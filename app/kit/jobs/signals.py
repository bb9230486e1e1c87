"""Waiting for the signal that ends a worker process."""

import signal
import socket
from types import FrameType, TracebackType
from typing import Self


class Ending:
    """SIGTERM or SIGINT, from the moment of entering, whatever the process does meanwhile.

    An event set by a handler is not enough: Python runs handlers between bytecodes of the main
    thread, and one that arrives just before the thread blocks in `Event.wait` is run when somebody
    else wakes it, that is never. The interpreter writes a byte to this socket at once.
    """

    _numbers = (signal.SIGTERM, signal.SIGINT)

    def __enter__(self) -> Self:
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        self._wakeup = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._handlers = [signal.signal(number, _nothing) for number in self._numbers]
        return self

    def wait(self) -> None:
        """Block the main thread until one of the signals has come."""
        while self._reader.recv(1)[0] not in self._numbers:
            pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in zip(self._numbers, self._handlers, strict=True):
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup)
        self._reader.close()
        self._writer.close()


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """Take the place of the default action, which would end the process."""
