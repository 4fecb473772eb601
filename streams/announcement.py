"""A worker notes in Kafka where it answers, for every partition that it takes over."""

import logging
import threading
import time
from collections.abc import Iterable
from typing import Any

from runtime.errors import Unavailable
from runtime.settings import Settings
from topics import clients, whereabouts
from topics.whereabouts import Partition, Whereabouts

RENEW_SECONDS = 3600.0
"""Kafka forgets a note after offsets.retention.minutes, a week unless set otherwise."""

log = logging.getLogger(__name__)


class Announcement:
    """What a worker says, and for which partitions; said by a thread of its own, since it waits for Kafka."""

    def __init__(self, settings: Settings, group: str, where: Whereabouts) -> None:
        self._settings = settings
        self._group = settings.topic(group)
        self._where = where
        self._assigned: frozenset[Partition] = frozenset()
        self._is_due = threading.Event()

    def say_for(self, assigned: frozenset[Partition]) -> None:
        """Say it for these partitions soon; does not block."""
        self._assigned = assigned
        self._is_due.set()

    def run(self) -> None:
        """Say it whenever it is due, and every hour, for ever."""
        while True:
            self._is_due.wait(RENEW_SECONDS)
            self._is_due.clear()
            try:
                if self._assigned:
                    admin = clients.admin(self._settings)
                    whereabouts.note(admin, self._group, sorted(self._assigned), self._where)
            except Unavailable as error:
                log.info("nobody is told where this worker answers yet: %s", error)
                time.sleep(error.retry_after_seconds)
                self._is_due.set()


def announce(app: Any, settings: Settings, group: str, where: Whereabouts, topics: Iterable[str]) -> None:
    """Let an application say where it answers, at every assignment of partitions of the ``topics``."""
    announcement, read = Announcement(settings, group, where), frozenset(topics)
    threading.Thread(target=announcement.run, name="announcement", daemon=True).start()

    @app.on_partitions_assigned.connect  # type: ignore[untyped-decorator]
    async def assigned(_: Any, partitions: Iterable[Any], **__: Any) -> None:
        announcement.say_for(frozenset((tp.topic, tp.partition) for tp in partitions if tp.topic in read))
