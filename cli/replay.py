"""``missionpath replay``: states and alerts computed anew from what was published, beside the live ones."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from cli import bootstrap, shadow
from cli.comparison import Comparison, Run, Scope, compare
from cli.output import errors
from cli.replay_report import Report, show
from cli.simulate import moment
from runtime.clock import clock_for
from runtime.errors import ConfigError, MissionpathError, Unavailable
from runtime.settings import Settings
from topics import admin, clients, told
from topics.admin import Action
from topics.catalog import (
    DEVIATION_ALERT_CHANGED,
    MISSION_EVENT_RESOLVED,
    MISSION_STATE_CHANGED,
    RESOLVE_GROUP,
    TRACK_GROUP,
)
from topics.copying import COPIED, Copier
from topics.extent import Extent
from topics.progress import Progress
from topics.told import Moment

DIFFERS = 1
NOT_FOUND_OUT = 2
TELL_SECONDS = 5.0
PORTIONS = 50
PORTION_MIN, PORTION_MAX = 100, 1_000


def published(text: str) -> datetime:
    """A time with an offset, or a date, which begins at midnight UTC. *Raises*: typer.BadParameter."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return moment(text)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def replay(
    into: Annotated[
        str, typer.Option(metavar="SHADOW", help="Name of the shadow: its topics are shadow-SHADOW.cargo.…")
    ],
    published_from: Annotated[
        datetime | None,
        typer.Option("--from", parser=published, metavar="TIME", help="Published then or later  [default: all]"),
    ] = None,
    published_until: Annotated[
        datetime | None,
        typer.Option("--to", parser=published, metavar="TIME", help="Published before then  [default: now]"),
    ] = None,
    port: Annotated[
        Path | None, typer.Option(help="Port file to judge by  [default: the settings' port_file]")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Delete a shadow of that name first.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compute states and alerts anew from what was published, and show what differs from the live ones.

    What was published from --from until before --to (a time such as 2026-03-01T00:00Z, or a date) is copied into
    topics of its own, workers of its own work through it, and absences are judged as of --to. A changed port file is
    tried with --port, changed code by running its `missionpath replay`. The live topics are only read. The shadow's
    stay, to be looked at: MISSIONPATH_NAMESPACE=shadow-SHADOW missionpath alerts; `missionpath topics drop SHADOW`
    deletes them.

    Exit status 0 when nothing differs, 1 when something does, 2 when that could not be found out, 3 when Kafka is not
    available.
    """
    with _unlike_a_difference():
        live = bootstrap.ready()
        settings = shadow.settings_of(live, into)
        if port is not None:
            bootstrap.port(port)
            settings = settings.model_copy(update={"port_file": port})
        report = _replay(live, settings, published_from, published_until, replace)
    if as_json:
        sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
    else:
        show(report, into)
    if not report.comparison.is_empty:
        raise typer.Exit(DIFFERS)


@contextmanager
def _unlike_a_difference() -> Iterator[None]:
    """As of `diff`: what is wrong has another exit status than what differs."""
    try:
        yield
    except Unavailable:
        raise
    except MissionpathError as error:
        say(f"missionpath: {error}")
        raise typer.Exit(NOT_FOUND_OUT) from error
    except KeyboardInterrupt:
        say("interrupted; the workers of the shadow are stopped, its topics stay as they are")
        raise


def say(line: str) -> None:
    """One line of progress, beside the results."""
    errors.print(line, highlight=False, markup=False)


def _replay(
    live: Settings, settings: Settings, since: datetime | None, until: datetime | None, replace: bool
) -> Report:
    now = datetime.now(UTC)
    until = min(until or now, now)
    # Where the pipeline has a clock of its own it tells nothing of when anything was published.
    judged_until = until if live.clock_file is None else clock_for(live.clock_file).now()
    _require_topics(live)
    with closing(Copier(live, settings)) as copier:
        since, part = _part(copier, since, until, now)
        _make_room(settings, replace)
        copied = _play(live, settings, copier, part, since, judged_until)
    comparison = _compare(
        live, settings, part, Moment(until, judged_until - timedelta(seconds=live.lateness_seconds))
    )
    return Report(
        namespace=settings.namespace,
        published_from=since,
        published_until=until,
        judged_until=judged_until,
        copied=dict(copied),
        dead_letters=shadow.dead_letters(settings),
        live_backlog=_backlog(live, part),
        comparison=comparison,
    )


def _require_topics(live: Settings) -> None:
    """*Raises*: ConfigError when a topic that is read here is missing; others may be newer than what runs live."""
    read = {live.topic(name) for name in (*COPIED, MISSION_STATE_CHANGED.name, DEVIATION_ALERT_CHANGED.name)}
    for step in admin.plan(clients.admin(live), live):
        if step.topic in read and step.action in (Action.CREATE, Action.REFUSE):
            raise ConfigError(f"{step.topic} {'is missing' if step.action is Action.CREATE else step.detail}")


def _part(copier: Copier, since: datetime | None, until: datetime, now: datetime) -> tuple[datetime | None, Extent]:
    """What to replay, and from when on. *Raises*: ConfigError when that is nothing."""
    kept_since = copier.kept_since(now)
    if kept_since is not None and (since is None or since < kept_since):
        since = kept_since
        say(f"the topics begin at {since:%Y-%m-%d %H:%M}: what is left from before is not replayed")
    part = copier.extent(since, until)
    if not part.offsets:
        raise ConfigError("nothing to replay: nothing that was published in that time is in the topics")
    return since, part


def _make_room(settings: Settings, replace: bool) -> None:
    """Empty topics for the shadow. *Raises*: ConfigError when there are some that may not be replaced."""
    if shadow.is_there(settings):
        if not replace:
            raise ConfigError(f"the shadow {settings.namespace} is there already: --replace deletes it first")
        say(f"deleting the shadow {settings.namespace}")
        admin.clear(clients.admin(settings), settings)
    shadow.create(settings)


def _play(
    live: Settings, settings: Settings, copier: Copier, part: Extent, since: datetime | None, judged_until: datetime
) -> Counter[str]:
    """Let the shadow have what was published, portion by portion, in the order in which it was.

    All at once the workers would read month-old scans before week-old ones; what an identifier meant is remembered
    in the end, but not everything that it led to comes back.
    """
    copied: Counter[str] = Counter()
    began_at = told_at = time.monotonic()
    portion_max = min(max(part.offsets // PORTIONS, PORTION_MIN), PORTION_MAX)
    with shadow.working(settings, say) as stage:
        for portion in copier.portions(part, since, portion_max):
            copied += copier.copy(portion)
            if live.clock_file is None:
                shadow.set_clock(settings, portion.until)
            stage.await_room(portion_max)
            if time.monotonic() - told_at >= TELL_SECONDS:
                told_at = time.monotonic()
                say(f"{copied.total():,} of {part.offsets:,} records, until {portion.until:%Y-%m-%d %H:%M:%S}")
        stage.settle()
        shadow.set_clock(settings, judged_until)
        stage.await_clock(judged_until.timestamp())
        stage.settle()
        seconds = time.monotonic() - began_at
        say(f"{copied.total():,} records replayed in {seconds:.0f} s, {copied.total() / seconds:,.0f}/s")
    return copied


def _compare(live: Settings, settings: Settings, part: Extent, then: Moment) -> Comparison:
    codec = bootstrap.codec(live)
    ours = Run(told.alerts(settings, codec), told.states(settings, codec, lambda owner: True))
    known = told.begun(settings)
    if part.is_whole:
        known |= {str(iot_id) for iot_id in ours.states}
    scope = Scope(frozenset(known), part.is_whole)
    theirs = Run(told.alerts(live, codec, then), told.states(live, codec, scope.has, then))
    return compare(theirs, ours, scope)


def _backlog(live: Settings, part: Extent) -> int:
    """How many records the live workers have not come to: of what was replayed, and of what follows from it."""
    progress = Progress(live)
    committed = progress.committed(live.topic(RESOLVE_GROUP), {topic for topic, _ in part.ends})
    unresolved = sum(max(0, end - max(committed.get(tp, 0), part.starts[tp])) for tp, end in part.ends.items())
    return unresolved + progress.lag(live.topic(TRACK_GROUP), [live.topic(MISSION_EVENT_RESOLVED.name)])
