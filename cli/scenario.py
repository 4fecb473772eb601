"""A scenario with its expectation: what is published in each act, and how the alerts should stand after it."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from domain.events import AlertStatus, DeviationAlertChanged
from runtime.errors import ConfigError

Identity = tuple[str, str, str]
"""Whom an alert concerns, its kind and its subject: the parts that its id is made of."""

State = Literal["open", "disposed", "cleared", "absent"]
"""How an alert stands: one that customs took note of is open until it is disposed of or cleared."""

STANDING = ("open", "disposed")


class Act(msgspec.Struct, frozen=True):
    """Lines to publish, and the time to set the clock to when all of them are processed."""

    file: str
    clock: datetime
    title: str


class Expected(msgspec.Struct, frozen=True):
    """One alert that the scenario plants, and how it stands after each act."""

    kind: str
    iot_id: str | None
    object_key: str | None
    subject: str
    node: str | None
    after_act: dict[str, State]
    why: str

    @property
    def identity(self) -> Identity:
        """By what it is found among the alerts that came out."""
        return str(self.iot_id or self.object_key), self.kind, self.subject


class Scenario:
    """The files of one folder. *Raises*: ConfigError naming the file that is missing or wrong."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port_file = folder / "port.json"
        self.acts: list[Act] = msgspec.convert(_read(folder / "scenario.json")["acts"], list[Act])
        lines = (folder / "expected-alerts.jsonl").read_bytes().splitlines()
        self.expected = [msgspec.json.decode(line, type=Expected) for line in lines]

    def differences(self, act: int, found: Mapping[Identity, DeviationAlertChanged]) -> list[str]:
        """What stands otherwise than expected after an act, counted from 1; empty when nothing does.

        An alert that was raised and cleared again where none is expected is no difference: two days in some
        seconds let a scan overtake the customs status that explains it, and the promise is about what stands.
        """
        expected = {each.identity: each for each in self.expected}
        lines = (
            _difference(each, each.after_act[str(act)], found.get(identity)) for identity, each in expected.items()
        )
        wrong = [line for line in lines if line is not None]
        for identity in self.unplanned(found):
            if (state := state_of(found[identity])) in STANDING:
                wrong.append(f"{identity[1]} of {identity[0]} ({identity[2]}) is {state}, which nobody planted")
        return wrong

    def unplanned(self, found: Mapping[Identity, DeviationAlertChanged]) -> list[Identity]:
        """Alerts that the scenario does not plant."""
        planted = {each.identity for each in self.expected}
        return [identity for identity in found if identity not in planted]


def _difference(expected: Expected, should: State, alert: DeviationAlertChanged | None) -> str | None:
    stands = state_of(alert)
    what = f"{expected.kind} of {expected.identity[0]} ({expected.subject})"
    if stands != should and not (should == "absent" and stands == "cleared"):
        return f"{what} is {stands}, expected {should}: {expected.why}"
    if alert is not None and should in STANDING and alert.node != expected.node:
        return f"{what} is at {alert.node}, expected at {expected.node}"
    return None


def identity_of(alert: DeviationAlertChanged) -> Identity:
    """The identity of an alert that came out."""
    return str(alert.iot_id or alert.object_key), alert.kind, alert.subject


def state_of(alert: DeviationAlertChanged | None) -> State:
    """How an alert stands; absent when there is none."""
    if alert is None:
        return "absent"
    if alert.status is AlertStatus.CLEARED:
        return "cleared"
    return "disposed" if alert.status is AlertStatus.DISPOSED else "open"


def _read(path: Path) -> dict[str, object]:
    try:
        found: dict[str, object] = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    return found
