"""Logging, set up once by the command that starts a process."""

import logging
import sys

FORMAT = "%(asctime)s %(levelname)-7s %(name)s %(message)s"
_CHATTY = ("aiokafka", "faust", "mode", "httpx", "kafka")


def configure(level: str) -> None:
    """Plain lines on standard error; libraries speak only from warning on, unless debugging.

    Standard output stays free for results.
    """
    logging.basicConfig(level=level.upper(), format=FORMAT, stream=sys.stderr, force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.DEBUG if level == "debug" else logging.WARNING)
    # A tick that waits for ClickHouse is meant to be late.
    logging.getLogger("mode.timers").setLevel(logging.ERROR)
