"""Contestant: Quix Streams with its own defaults: RocksDB state by key, a changelog topic, a checkpoint every 5 s.

Runs in a virtual environment of its own: it asks for another confluent-kafka than the pipeline.
"""

from typing import Any

from quixstreams import Application  # type: ignore[import-not-found]

from benchmarks.speed.contest import Contest, contest
from benchmarks.speed.job import Job, Outcome

KEPT = "kept"
RAW = {"key_deserializer": "bytes", "value_deserializer": "bytes"}
RAW_OUT = {"key_serializer": "bytes", "value_serializer": "bytes"}


def application(its: Contest) -> Any:
    """The application."""
    app = Application(
        broker_address=its.servers, consumer_group=its.name, auto_offset_reset="earliest", state_dir=its.home
    )
    job = Job()

    def check(value: bytes, key: bytes, timestamp: int, headers: Any, state: Any) -> Outcome | None:
        outcome = job.judge(key, value, headers or (), state.get_bytes(KEPT))
        if outcome is not None:
            state.set_bytes(KEPT, outcome.kept)
        return outcome

    outcomes = app.dataframe(app.topic(its.topic, **RAW)).apply(check, stateful=True, metadata=True)
    told = outcomes.filter(lambda outcome: outcome is not None)
    _tell(told.apply(lambda outcome: outcome.alerts, expand=True), app.topic(its.alerts, **RAW_OUT))
    states = told.filter(lambda outcome: outcome.state is not None)
    _tell(states.apply(lambda outcome: outcome.state), app.topic(its.states, **RAW_OUT))
    return app


def _tell(tellings: Any, topic: Any) -> None:
    with_headers = tellings.set_headers(lambda telling, key, timestamp, headers: telling.headers)
    with_headers.apply(lambda telling: telling.value).to_topic(topic)


if __name__ == "__main__":
    application(contest()).run()
