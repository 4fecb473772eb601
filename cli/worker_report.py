"""What a worker says of itself, asked where its group's coordinator says that it answers."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from runtime import metrics
from topics.groups import Member

ANSWER_SECONDS_MAX = 3.0
ASKED_AT_ONCE_MAX = 32
PAGE_BYTES_MAX = 1 << 20
_OK = 200


@dataclass(frozen=True, slots=True)
class WorkerReport:
    """One worker's word.

    *Shape*: ``answers`` is none when nobody knows where to ask. ``waits_for`` says what keeps it from its work, one
    line a part; ``figures`` are its metrics without labels.
    """

    member: Member
    answers: bool | None = None
    waits_for: tuple[str, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)


def ask_all(members: Iterable[Member]) -> list[WorkerReport]:
    """Ask every worker, in the order given; one that does not answer within 3 s says nothing."""
    with ThreadPoolExecutor(ASKED_AT_ONCE_MAX) as pool:
        return list(pool.map(ask, members))


def ask(member: Member) -> WorkerReport:
    """Ask one worker."""
    if member.url is None:
        return WorkerReport(member)
    try:
        pages = [_page(f"{member.url}/{path}") for path in ("healthz", "readyz", "metrics")]
        figures = metrics.values_in(pages[2][1])
    except (OSError, HTTPException, ValueError):
        return WorkerReport(member, answers=False)
    waits_for = [line for status, page in pages[:2] if status != _OK for line in page.splitlines()]
    return WorkerReport(member, True, tuple(waits_for), figures)


def _page(url: str) -> tuple[int, str]:
    # Never through a proxy: workers are on this machine or on its network.
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(url, timeout=ANSWER_SECONDS_MAX) as answer:
            return int(answer.status), answer.read(PAGE_BYTES_MAX).decode("utf-8", "replace")
    except HTTPError as error:
        with error:
            return error.code, error.read(PAGE_BYTES_MAX).decode("utf-8", "replace")
