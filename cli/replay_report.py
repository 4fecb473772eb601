"""What a replay has found, told to people; to programs it is told as it is."""

from datetime import UTC, datetime
from itertools import groupby

import msgspec
from rich.table import Table

from cli.comparison import AlertDifference, Comparison, MissionDifference
from cli.output import console
from cli.scenario import STANDING

SHOWN_MAX = 50
HEADINGS = {
    (True, False): "Alerts that stand only live",
    (False, True): "Alerts that stand only in the shadow",
    (True, True): "Alerts that stand otherwise: live → shadow",
}


class Report(msgspec.Struct, frozen=True):
    """One replay.

    *Shape*: ``copied`` and ``dead_letters`` are records by topic; ``published_from`` is none when all was replayed;
    ``live_backlog`` is what the live workers had not come to when they were compared.
    """

    namespace: str
    published_from: datetime | None
    published_until: datetime
    judged_until: datetime
    copied: dict[str, int]
    dead_letters: dict[str, int]
    live_backlog: int
    comparison: Comparison


def show(report: Report, name: str) -> None:
    """Print it."""
    found = report.comparison
    since = f"from {_moment(report.published_from)} " if report.published_from else ""
    _say(
        f"{sum(report.copied.values()):,} records published {since}until {_moment(report.published_until)} were "
        f"replayed, absences judged until {_moment(report.judged_until)}"
    )
    _show_reservations(report)
    _show_alerts(found)
    _show_missions(found)
    _show_kinds(found)
    missions = f"{found.missions_same:,} missions stand alike, {len(found.missions):,} differ"
    _say(f"\n{missions}; {len(found.alerts):,} alerts differ")
    _say(
        f"The shadow stays: MISSIONPATH_NAMESPACE={report.namespace} missionpath alerts --open\n"
        f"To delete it: missionpath topics drop {name}"
    )


def _show_reservations(report: Report) -> None:
    """Whatever keeps the comparison from being the whole truth."""
    found = report.comparison
    if found.alerts_left_out or found.missions_left_out:
        _say(
            f"not compared: {found.alerts_left_out:,} alerts and {found.missions_left_out:,} missions, of which the "
            "replay has not everything from the beginning, or the live topics no more what they were then"
        )
    if report.live_backlog:
        _say(f"the live workers have {report.live_backlog:,} records left to work through: expect differences")
    for topic, count in report.dead_letters.items():
        _say(f"the shadow could not use {count:,} records of {topic}: its dead letters say why")


def _show_alerts(found: Comparison) -> None:
    shown = sorted(found.alerts[:SHOWN_MAX], key=_where)
    for where, differences in groupby(shown, _where):
        _say(f"\n{HEADINGS[where]}")
        for difference in differences:
            _show_alert(difference)
    _more(len(found.alerts))


def _where(difference: AlertDifference) -> tuple[bool, bool]:
    return difference.live in STANDING, difference.shadow in STANDING


def _show_alert(difference: AlertDifference) -> None:
    alert = difference.alert
    states = f"{difference.live} → {difference.shadow}"
    head = (
        f"{_moment(alert.deviated_at)}  {alert.severity.value:<8}  {alert.kind:<28}  {states:<15}  {difference.owner}"
    )
    _say(f"  {head}  {alert.node or difference.subject}" + ("" if difference.fields else f"  {alert.sentence}"))
    _show_fields(difference.fields, difference.live_alert, difference.shadow_alert)


def _show_missions(found: Comparison) -> None:
    if found.missions:
        _say("\nMissions that stand otherwise: live → shadow")
    for difference in found.missions[:SHOWN_MAX]:
        _show_mission(difference)
    _more(len(found.missions))


def _show_mission(difference: MissionDifference) -> None:
    known = [name for name, state in (("live", difference.live), ("in the shadow", difference.shadow)) if state]
    _say(f"  {difference.iot_id}" + (f"  known only {known[0]}" if len(known) == 1 else ""))
    _show_fields(difference.fields, difference.live, difference.shadow)


def _show_fields(fields: tuple[str, ...], live: object, shadow: object) -> None:
    for name in fields:
        _say(f"      {name}: {_text(getattr(live, name))} → {_text(getattr(shadow, name))}")


def _show_kinds(found: Comparison) -> None:
    table = Table("alerts by kind", "same", "only live", "only shadow", "differing", box=None)
    for kind, count in found.kinds.items():
        table.add_row(kind, *(f"{number:,}" for number in msgspec.structs.astuple(count)))
    if table.row_count:
        console.print()
        console.print(table, soft_wrap=False)


def _more(count: int) -> None:
    if count > SHOWN_MAX:
        _say(f"  … and {count - SHOWN_MAX:,} more; --json lists all")


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_text, value)) or "none"
    if isinstance(value, datetime):
        return _moment(value)
    return "none" if value is None else str(value)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def _say(line: str) -> None:
    console.print(line, highlight=False, markup=False)
