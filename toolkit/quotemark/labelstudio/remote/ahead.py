"""The next answer asked for while this one is worked on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def ahead(ask: Callable[[], T]) -> Callable[[], T]:
    """Ask now, in a thread; what is given waits for the answer, and raises what asking raised.

    The thread ends with the program, whatever it waits for: nothing has to wait for an answer
    that nobody wants any more.

    >>> ahead(lambda: 6 * 7)()
    42
    """
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(ask())
        except BaseException as failure:
            answer.set_exception(failure)

    Thread(target=run, daemon=True).start()
    return answer.result
