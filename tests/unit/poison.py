"""Poison for what a judgement must never touch: every clock of the machine, and the order in which facts arrive."""

import datetime as datetimes
import gc
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from random import Random
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")

NAMES = {"time", "monotonic", "perf_counter", "process_time", "thread_time", "clock_gettime"}
CALENDAR = {"localtime", "gmtime", "ctime", "asctime", "strftime"}
CLOCKS = frozenset(getattr(time, name) for name in dir(time) if name.removesuffix("_ns") in NAMES | CALENDAR)
NOW = frozenset({"now", "utcnow", "today"})
"""How one asks ``datetime`` and ``date`` for the time; their methods are new objects at every look."""


class ClockRead(AssertionError):
    """Somebody looked at a clock."""


@contextmanager
def poisoned_clocks() -> Iterator[None]:
    """Whoever looks at a clock in here, by whatever name he knows it, falls dead.

    The interpreter tells of every call of a built-in function before it is made, so that a clock imported under
    another name before is poisoned too. The collector of garbage rests meanwhile: tools of the tests time it.
    """
    before = sys.getprofile()
    gc.disable()
    sys.setprofile(_watch)
    try:
        yield
    finally:
        sys.setprofile(before)
        gc.enable()


def _watch(frame: FrameType, event: str, called: Any) -> None:
    if event == "c_call" and _is_clock(called):
        raise ClockRead(f"{called!r} at {frame.f_code.co_filename}:{frame.f_lineno}")


def _is_clock(called: Any) -> bool:
    try:
        if called in CLOCKS:
            return True
    except TypeError:  # not everything that can be called can be looked up
        return False
    owner = getattr(called, "__self__", None)
    return called.__name__ in NOW and isinstance(owner, type) and issubclass(owner, datetimes.date)


def poisoned_order(events: Iterable[T], random: Random) -> list[T]:
    """The events in an order that means nothing, some of them more than once."""
    once = list(events)
    untidily = [*once, *random.choices(once, k=len(once) // 2 + 1)]
    random.shuffle(untidily)
    return untidily
