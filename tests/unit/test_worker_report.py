"""What a worker says of itself, asked over real HTTP, and what all of them hold together."""

import socket
from datetime import UTC, datetime

from cli.held import COMPLETE_UNTIL, MISSIONS, MISSIONS_OPEN, NEXT_DUE, PARKED, Held, held_by, total
from cli.worker_report import WorkerReport, ask, ask_all
from runtime import metrics
from runtime.health import Health, Response, serve, serve_health
from topics.groups import Member

ASSIGNED = (("scans", 0),)


def worker(url: str | None, name: str = "one") -> Member:
    return Member(name, url, ASSIGNED)


def serving(health: Health) -> Member:
    host, port = serve_health("127.0.0.1", 0, health)
    return worker(f"http://{host}:{port}")


def test_one_at_work_gives_its_figures() -> None:
    metrics.PARKED.set(7)
    report = ask(serving(Health()))
    assert (report.answers, report.waits_for) == (True, ())
    assert report.figures[PARKED] == 7
    assert total([report], PARKED) == 7


def test_one_that_waits_says_for_what() -> None:
    now = [100.0]
    health = Health(stall_seconds=30, clock=lambda: now[0])
    health.wait_for("store", "the store is away")
    health.wait_for("registry", "refused")
    member = serving(health)
    health.beat()
    assert ask(member).waits_for == ("registry: refused", "store: the store is away")
    health.arrived("store")
    health.arrived("registry")
    now[0] += 31
    assert ask(member).waits_for == ("no heartbeat for 31 s",)


def test_one_that_is_gone_hangs_or_is_no_worker_does_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections and never answers
        gone = worker("http://127.0.0.1:1")
        hung = worker(f"http://127.0.0.1:{silent.getsockname()[1]}")
        host, port = serve("127.0.0.1", 0, {"/": lambda _: Response(200, b"{not metrics")})
        stranger = worker(f"http://{host}:{port}")
        assert [each.answers for each in ask_all([gone, hung, stranger])] == [False, False, False]
    assert ask(worker(None)) == WorkerReport(worker(None))


def test_figures_are_added_up() -> None:
    resolve = [
        report({PARKED: 2, NEXT_DUE: 0, COMPLETE_UNTIL: 300}),
        report({PARKED: 3, NEXT_DUE: 90, COMPLETE_UNTIL: 200}),
    ]
    track = [report({MISSIONS: 9, MISSIONS_OPEN: 4, NEXT_DUE: 60, COMPLETE_UNTIL: 400})]
    assert held_by(resolve, track) == Held(9, 4, 5, moment(60), moment(200))


def test_what_one_does_not_tell_is_not_known() -> None:
    told = report({PARKED: 2, MISSIONS: 9, MISSIONS_OPEN: 4, NEXT_DUE: 60, COMPLETE_UNTIL: 400})
    silent = WorkerReport(worker(None), answers=False)
    assert held_by([told, silent], [told]) == Held(9, 4, None, None, None)
    assert held_by([], [told]) == Held(9, 4, None, None, None)
    assert held_by([told], []) == Held(None, None, 2, None, None)
    not_yet = report({PARKED: 2, NEXT_DUE: 0, COMPLETE_UNTIL: 0})
    assert held_by([not_yet], [told]).complete_until is None


def test_a_worker_without_partitions_holds_nothing() -> None:
    told = report({PARKED: 2, NEXT_DUE: 60, COMPLETE_UNTIL: 400, MISSIONS: 9, MISSIONS_OPEN: 4})
    spare = WorkerReport(Member("spare", None, ()), answers=False)
    assert held_by([told, spare], [told, spare]) == held_by([told], [told])


def report(figures: dict[str, float]) -> WorkerReport:
    return WorkerReport(worker("http://somewhere"), True, (), figures)


def moment(timestamp: float) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC)
