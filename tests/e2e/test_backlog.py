"""A day's backlog, worked through when the day is over: nothing is missed that is only still to be read.

What topics bring out of step (an exit before its release) is told and cleared. What the clock judges waits for all.
"""

from collections.abc import Callable

from cli import bootstrap
from domain.events import AlertStatus
from domain.port_file import parse_port
from readers.simulator import Parameters, Simulation
from readers.simulator.parameters import TIDY
from runtime.clock import FileClock
from runtime.settings import Settings
from tests.e2e.conftest import Up
from topics.alert_feed import AlertFeed
from topics.codec import Codec
from topics.registry import FileRegistry

A_DAY = Parameters(seed=11, missions=300, missions_a_day=300.0, deviating=0.0, noise=TIDY)


def test_a_day_that_was_in_order_raises_nothing_when_it_is_read_late(
    topics: Settings, clocked: Settings, up: Callable[[], Up]
) -> None:
    day = Simulation(parse_port(clocked.port_file.read_bytes()), A_DAY)
    publisher = bootstrap.publisher(clocked, None)
    for event in day.events():
        publisher.publish(event)
    publisher.flush()
    over_at = day.totals.over_at
    assert over_at is not None
    FileClock(clocked.home / "clock").set(over_at)

    stage = up().stage()
    stage.settle()
    stage.await_clock(over_at.timestamp())
    stage.settle()

    assert day.totals.events > 3_000
    heard = AlertFeed(clocked, Codec(FileRegistry())).listen(until_end=True)
    told = [each.alert for each in heard if each is not None]
    assert [alert for alert in told if alert.kind == "OVERDUE" or alert.trigger is None] == []
    last = {alert.alert_id: alert.status for alert in told}
    assert set(last.values()) <= {AlertStatus.CLEARED}
