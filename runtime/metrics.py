"""Every metric of every process: name, type, unit (its suffix), labels and meaning.

Labels are bounded vocabularies (topic, kind, reason, …). Never an IOT_ID, an identifier or a reader's text:
each would make a time series of its own, and some are personal data. ``docs/metrics.md`` is checked against
this file by the tests.
"""

from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.parser import text_string_to_metric_families

_LATENCY_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0)

PUBLISHED = Counter("missionpath_published_total", "Records acknowledged by the broker", ["topic"])
REJECTED_LINES = Counter("missionpath_rejected_lines_total", "Input lines refused before publishing", ["reason"])
CONSUMED = Counter("missionpath_consumed_total", "Records taken from a topic and acknowledged", ["topic"])
CHUNK_SECONDS = Histogram(
    "missionpath_chunk_seconds",
    "Time from taking a chunk of records to its acknowledgement",
    ["agent"],
    buckets=_LATENCY_SECONDS,
)
DEAD_LETTERS = Counter("missionpath_dead_letters_total", "Records put aside as unusable", ["topic", "reason"])
RESOLVED = Counter("missionpath_resolved_total", "Observations forwarded to a mission", ["record"])
PARKED = Gauge("missionpath_parked_observations", "Observations that wait for a binding, on this worker")
HOPS = Counter("missionpath_rerouted_total", "Observations sent on to the partition of another identifier")
MISSIONS = Gauge("missionpath_missions", "Missions held by this worker, open or definitive")
MISSIONS_OPEN = Gauge("missionpath_missions_open", "Missions held by this worker that have not ended")
ALERTS = Counter("missionpath_alerts_total", "Alert changes published", ["kind", "status"])
DEADLINES = Gauge("missionpath_deadlines", "Due times this worker watches")
NEXT_DUE = Gauge(
    "missionpath_next_due_timestamp_seconds", "The first due time that this worker watches; 0 when it watches none"
)
DEADLINES_PASSED = Counter("missionpath_deadlines_passed_total", "Missions re-assessed because a due time passed")
COMPLETE_UNTIL = Gauge(
    "missionpath_complete_until_timestamp_seconds",
    "Moment up to which all input was processed; absences are judged only up to here",
)
RECOVERY_REMAINING = Gauge(
    "missionpath_recovery_remaining_records", "Changelog records still to be read before this worker can go on"
)
ALERT_LATENCY_SECONDS = Histogram(
    "missionpath_alert_latency_seconds",
    "From the publication of a record to the publication of the alert it changed",
    buckets=_LATENCY_SECONDS,
)
SINK_ROWS = Counter("missionpath_sink_rows_total", "Rows acknowledged by ClickHouse", ["table"])
SINK_WRITE_SECONDS = Histogram(
    "missionpath_sink_write_seconds",
    "Duration of one insert, failed ones included",
    ["success"],
    buckets=_LATENCY_SECONDS,
)
STORE_UP = Gauge("missionpath_store_up", "1 while ClickHouse takes inserts; 0 while the sink waits for it")


def name_of(gauge: Gauge) -> str:
    """The name under which a gauge is served."""
    (family,) = gauge.describe()
    return str(family.name)


def values_in(page: str) -> dict[str, float]:
    """The metrics without labels on a page in Prometheus's text format, by name. *Raises*: ValueError for another."""
    samples = (sample for family in text_string_to_metric_families(page) for sample in family.samples)
    return {sample.name: sample.value for sample in samples if not sample.labels}
