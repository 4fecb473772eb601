"""Alerts on their way out."""

import time
from collections.abc import Iterable

from domain.events import DeviationAlertChanged
from runtime import metrics
from runtime.settings import Settings
from streams.outbox import Outbox
from topics.catalog import DEVIATION_ALERT_CHANGED
from topics.codec import Codec
from topics.headers import ORIGIN_MS, cloud_event


def put_alerts(
    settings: Settings,
    codec: Codec,
    outbox: Outbox,
    alerts: Iterable[DeviationAlertChanged],
    origin_ms: int | None,
    of: bytes,
) -> None:
    """Put alerts into the outbox, keyed by what they concern.

    *Units*: ``origin_ms`` is when the record that brought them was published, none when it was the clock.
    *Shape*: ``of`` is the table's key that holds their ledger.
    """
    for alert in alerts:
        ce_id = f"{alert.alert_id}/{alert.revision}"
        headers = cloud_event(alert, ce_id, alert.trigger or alert.alert_id, "missionpath", alert.changed_at)
        if origin_ms is not None:
            headers.append((ORIGIN_MS, str(origin_ms).encode()))
            metrics.ALERT_LATENCY_SECONDS.observe(max(0.0, time.time() - origin_ms / 1000))
        key = str(alert.iot_id or alert.object_key).encode()
        outbox.put(settings.topic(DEVIATION_ALERT_CHANGED.name), key, codec.encode(alert), headers, of=of)
        metrics.ALERTS.labels(alert.kind, alert.status.value).inc()
