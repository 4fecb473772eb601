"""Contestant: Faust as it comes. An agent takes one event at a time, a Table keeps the state and its changelog."""

import sys
from typing import Any

import faust

from benchmarks.speed.contest import Contest, contest
from benchmarks.speed.job import Job


def application(its: Contest) -> Any:
    """The application, with Faust's own settings."""
    app = faust.App(
        its.name,
        broker=f"kafka://{its.servers}",
        store="memory://",
        datadir=its.home,
        topic_partitions=4,
        web_enabled=False,
    )
    job = Job()
    kept = app.Table("missions", key_type=bytes, value_type=bytes, partitions=4)
    states, alerts = _topic(app, its.states), _topic(app, its.alerts)

    @app.agent(_topic(app, its.topic))  # type: ignore[untyped-decorator]
    async def check(stream: Any) -> None:
        async for event in stream.events():
            key = event.key
            outcome = job.judge(key, event.value, event.headers.items(), kept.get(key))
            if outcome is None:
                continue
            for alert in outcome.alerts:
                await alerts.send(key=key, value=alert.value, headers=alert.headers)
            if outcome.state is not None:
                await states.send(key=key, value=outcome.state.value, headers=outcome.state.headers)
            kept[key] = outcome.kept

    return app


def _topic(app: Any, name: str) -> Any:
    return app.topic(name, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")


def main() -> None:
    """Work until the process is ended."""
    app = application(contest())
    sys.argv[1:] = ["worker", "-l", "info", "--without-web"]
    app.main()


if __name__ == "__main__":
    main()
