"""``missionpath review``: customs takes note of an alert, or disposes of it with an outcome."""

from typing import Annotated
from uuid import UUID, uuid4

import typer

from cli import bootstrap
from cli.output import console
from domain.events import AlertReviewed, DeviationAlertChanged, Outcome, ReviewStatus
from runtime import settings as settings_module
from runtime.clock import clock_for
from runtime.errors import ConfigError
from runtime.settings import Settings
from topics.alert_feed import AlertFeed


def review(
    alert_id: Annotated[UUID, typer.Argument(help="The alert's id, as `missionpath alerts --json` shows it.")],
    by: Annotated[str, typer.Option(help="The office that reviews.")],
    outcome: Annotated[
        Outcome | None, typer.Option(case_sensitive=False, help="Dispose of it; without, it is acknowledged.")
    ] = None,
) -> None:
    """Acknowledge an alert, or dispose of it with what it turned out to be.

    It counts for what is known now: evidence of later events opens the alert again.
    """
    settings = bootstrap.ready()
    alert = _known(settings, alert_id)
    event = AlertReviewed(
        event_id=uuid4(),
        occurred_at=clock_for(settings_module.load().clock_file).now(),
        source=by,
        alert_id=alert_id,
        review=ReviewStatus.ACKNOWLEDGED if outcome is None else ReviewStatus.DISPOSED,
        iot_id=alert.iot_id,
        object_key=alert.object_key,
        outcome=outcome,
    )
    publisher = bootstrap.publisher(settings, None)
    publisher.publish(event)
    publisher.flush()
    console.print(
        f"{event.review.value.lower()}: {alert.kind} of {alert.iot_id or alert.object_key}", highlight=False
    )


def _known(settings: Settings, alert_id: UUID) -> DeviationAlertChanged:
    feed = AlertFeed(settings, bootstrap.codec(settings))
    for heard in feed.listen(until_end=True):
        if heard is not None and heard.alert.alert_id == alert_id:
            return heard.alert
    raise ConfigError(f"there is no alert {alert_id}")
