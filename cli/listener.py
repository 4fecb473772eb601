"""Hears alerts in the background while something else is done."""

import threading
import time
from collections.abc import Callable

from cli.scenario import Identity, identity_of
from domain.events import DeviationAlertChanged
from runtime.errors import MissionpathError, Unavailable
from topics.alert_feed import AlertFeed

CATCH_UP_SECONDS = 30.0
POLL_SECONDS = 0.05


class Listener:
    """Shows every alert change as it comes and remembers how each alert stands."""

    def __init__(self, feed: AlertFeed, show: Callable[[DeviationAlertChanged], None]) -> None:
        self._feed = feed
        self._show = show
        self._stop = threading.Event()
        self._error: MissionpathError | None = None
        self._thread = threading.Thread(target=self._run, name="alerts", daemon=True)
        self.latest: dict[Identity, DeviationAlertChanged] = {}
        self.latencies_seconds: list[float] = []

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, within about a second."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def catch_up(self, records: int) -> None:
        """Wait until that many records of the topic were heard.

        *Raises*: what ended the listening, or Unavailable after 30 s.
        """
        deadline = time.monotonic() + CATCH_UP_SECONDS
        while self._feed.records_read < records:
            if self._error is not None:
                raise self._error
            if time.monotonic() > deadline:
                raise Unavailable(f"{self._feed.records_read} of {records} alert records were heard in time")
            time.sleep(POLL_SECONDS)

    def _run(self) -> None:
        try:
            for heard in self._feed.listen(until_end=False):
                if self._stop.is_set():
                    return
                if heard is None:
                    continue
                self.latest[identity_of(heard.alert)] = heard.alert
                if heard.latency_seconds is not None:
                    self.latencies_seconds.append(heard.latency_seconds)
                self._show(heard.alert)
        except MissionpathError as error:
            self._error = error
