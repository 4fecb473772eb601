"""``missionpath alerts``: the reference consumer of deviation alerts."""

import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC
from typing import Annotated

import msgspec
import typer

from cli import bootstrap
from cli.output import console
from domain.events import AlertStatus, DeviationAlertChanged, Severity
from topics.alert_feed import AlertFeed

SETTLED = (AlertStatus.CLEARED, AlertStatus.DISPOSED)
_STYLES = {Severity.CRITICAL: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def alerts(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with new ones until Ctrl-C.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    open_only: Annotated[
        bool, typer.Option("--open", help="Only what waits for customs now; not with --follow.")
    ] = False,
) -> None:
    """Print deviation alerts.

    As they were raised, changed, reviewed and cleared, in the order of the topic's partitions; each revision once.
    """
    if follow and open_only:
        raise typer.BadParameter("--open and --follow exclude each other: what stands is known at the end only")
    settings = bootstrap.ready()
    feed = AlertFeed(settings, bootstrap.codec(settings))
    found = (heard.alert for heard in feed.listen(until_end=not follow) if heard is not None)
    with suppress(KeyboardInterrupt):  # the usual end of --follow
        for alert in standing(found) if open_only else found:
            if as_json:
                sys.stdout.buffer.write(msgspec.json.encode(alert) + b"\n")
                sys.stdout.buffer.flush()
            else:
                show(alert)


def standing(found: Iterator[DeviationAlertChanged]) -> list[DeviationAlertChanged]:
    """The alerts that are neither cleared nor disposed of, in the order in which they first came."""
    latest = {alert.alert_id: alert for alert in found}
    return [alert for alert in latest.values() if alert.status not in SETTLED]


def show(alert: DeviationAlertChanged) -> None:
    """One line for a customs officer."""
    at = alert.changed_at.astimezone(UTC)
    style = "green" if alert.status in SETTLED else _STYLES[alert.severity]
    whom = str(alert.iot_id) if alert.iot_id else str(alert.object_key)
    head = f"{at:%Y-%m-%d %H:%M}  {alert.status.value:<12}  {alert.kind:<28}"
    found = f" Found {alert.outcome.value.lower()} by {alert.reviewed_by}." if alert.outcome else ""
    console.print(f"[{style}]{head}[/]  {whom}  {alert.sentence}{found}", highlight=False)
