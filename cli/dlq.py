"""``missionpath dlq``: what could not be used, looked at, published again or given up."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from heapq import nlargest
from itertools import islice
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from cli import bootstrap
from cli.letter import as_json, of_letter, plain, told
from cli.letter_selection import AtMost, Everything, Places, Reason, Since, TopicName, Until, chosen, selection_of
from cli.output import console
from runtime.errors import ConfigError
from topics.letter_box import Found, LetterBox, Selection

app = typer.Typer(help="Look at dead letters, publish them again, or give them up.")


@app.command("list")
def list_letters(
    topic: TopicName = None,
    reason: Reason = None,
    since: Since = None,
    until: Until = None,
    newest: Annotated[int, typer.Option("--max", min=1, help="Show so many of the newest one by one.")] = 20,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Count the dead letters that wait, by topic and reason, and show the newest."""
    settings = bootstrap.ready()
    counts: Counter[tuple[str, str]] = Counter()
    spans: dict[tuple[str, str], tuple[datetime, datetime]] = {}

    def counted(letters: Iterator[Found]) -> Iterator[Found]:
        for each in letters:
            kind = each.letter.origin.topic, each.letter.reason
            first, last = spans.get(kind, (each.at, each.at))
            spans[kind] = min(first, each.at), max(last, each.at)
            counts[kind] += 1
            yield each

    with closing(LetterBox(settings)) as box:
        waiting = _waiting(box, selection_of(settings, None, topic, reason, since, until))
        latest = nlargest(newest, map(told, counted(waiting)), key=lambda each: each.put_aside_at)
    rows = [(*kind, count, *spans[kind]) for kind, count in sorted(counts.items())]
    if json:
        names = ("topic", "reason", "count", "first", "last")
        found = {"waiting": [dict(zip(names, row, strict=True)) for row in rows], "newest": latest}
        sys.stdout.buffer.write(msgspec.json.encode(found) + b"\n")
        return
    table = Table("topic", "reason", "count", "first", "last", box=None)
    for name, why, count, first, last in rows:
        table.add_row(name, escape(plain(why)), f"{count:,}", _minute(first), _minute(last))
    console.print(table if rows else "no dead letter waits", soft_wrap=False)
    for each in latest:
        console.print(
            f"{_minute(each.put_aside_at)}  {each.place}  {plain(each.reason)}: {plain(each.detail)}",
            highlight=False,
            markup=False,
        )


@app.command()
def show(
    place: Annotated[str, typer.Argument(metavar="TOPIC[PARTITION]@OFFSET", help="As `list` shows.")],
    raw: Annotated[Path | None, typer.Option("--raw", help="Write the value's bytes there, as they came.")] = None,
    json: Annotated[bool, typer.Option("--json", help="As JSON, the value in Base64.")] = False,
) -> None:
    """Show one dead letter: why, where from, its headers, and what it says so far as it can be read."""
    settings = bootstrap.ready()
    with closing(LetterBox(settings)) as box:
        found = next(box.find(selection_of(settings, [place], None, None, None, None)), None)
    if found is None:
        raise ConfigError(f"there is no dead letter {place}")
    if raw is not None:
        try:
            raw.write_bytes(found.value or b"")
        except OSError as error:
            raise ConfigError(f"cannot write {raw}: {error.strerror}") from error
    if json:
        sys.stdout.buffer.write(as_json(found) + b"\n")
        return
    for line in of_letter(found, bootstrap.codec(settings)):
        console.print(line, highlight=False, markup=False)


@app.command()
def replay(
    places: Places = None,
    topic: TopicName = None,
    reason: Reason = None,
    since: Since = None,
    until: Until = None,
    everything: Everything = False,
    at_most: AtMost = 1_000,
) -> None:
    """Publish records again where they were read, with their own bytes, key and headers.

    Each once: what was replayed waits no more. Killed in between, it may publish up to 500 of them again the next
    time; they are the same events, and count once.
    """
    settings = bootstrap.ready()
    selection = chosen(settings, places, topic, reason, since, until, everything)
    with closing(LetterBox(settings)) as box:
        waiting, stay = _waiting(box, selection), Counter[bool]()

        def replayable() -> Iterator[Found]:
            for each in waiting:
                # A state of long ago, published last, would be what compaction leaves.
                stay[each.topic.compacted] += 1
                if not each.topic.compacted:
                    yield each

        letters = replayable()
        count = box.replay(islice(letters, at_most))
        left = sum(1 for _ in letters)
    _say(count, left, "replayed")
    if stay[True]:
        console.print(
            f"{stay[True]:,} stay: their topic is compacted, and would forget newer states", highlight=False
        )


@app.command()
def drop(
    places: Places = None,
    topic: TopicName = None,
    reason: Reason = None,
    since: Since = None,
    until: Until = None,
    everything: Everything = False,
    at_most: AtMost = 1_000,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Give dead letters up: they wait no more. `show` finds them still, until their topic lets go of them."""
    settings = bootstrap.ready()
    selection = chosen(settings, places, topic, reason, since, until, everything)
    with closing(LetterBox(settings)) as box:
        matching = sum(1 for _ in _waiting(box, selection))
        doomed = min(matching, at_most)
        if doomed and not yes:
            typer.confirm(f"Drop {doomed:,} of {matching:,} dead letters?", abort=True, err=True)
        count = box.drop(islice(_waiting(box, selection), doomed))
    _say(count, matching - count, "dropped")


def _waiting(box: LetterBox, selection: Selection) -> Iterator[Found]:
    return (each for each in box.find(selection) if each.settled is None)


def _say(count: int, left: int, what: str) -> None:
    more = f"; {left:,} more match" if left else ""
    console.print(f"{count:,} dead letters {what}{more}", highlight=False)


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"
