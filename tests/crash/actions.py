"""What is done to the workers and to the broker while they work; at random, but the same for the same seed."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from deploy.local.broker import LocalBroker
from tests.crash.fleet import Fleet, Member
from tests.crash.proxy import Proxy

SESSION_SECONDS = 10.0
"""For so long the broker waits for a member's heartbeat (``broker_session_timeout`` of ``streams.application``)."""

FROZEN_SECONDS = (SESSION_SECONDS + 4, SESSION_SECONDS + 9)
SLOW_SECONDS = (4.0, 10.0)
DELAY_SECONDS = (0.02, 0.25)
FULL_DELAY_SECONDS = 0.4
"""So late, a worker spends most of its time between telling, keeping and acknowledging."""

VERDICT_SECONDS_MAX = 20.0
KILLED_BROKER_SHARE = 0.5
TICK_SECONDS = 0.05


@dataclass(slots=True)
class Scene:
    """Everything that may be disturbed; ``later`` holds what has to be undone, and when."""

    fleet: Fleet
    proxy: Proxy
    broker: LocalBroker
    random: Random
    tell: Callable[[str], None]
    done: Counter[str] = field(default_factory=Counter)
    later: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def start_broker(self) -> None:
        """Start the broker where it ran before, and lead the proxy there."""
        self.proxy.target = int(self.broker.start().bootstrap_servers.rpartition(":")[2])
        self.tell("the broker answers")

    def live(self, until: Callable[[], bool]) -> None:
        """Let everything work on, keep the fleet running and undo what is due, until something is so."""
        while not until():
            self.fleet.check()
            for entry in [each for each in self.later if each[0] <= time.monotonic()]:
                self.later.remove(entry)
                entry[1]()
            time.sleep(TICK_SECONDS)

    def live_for(self, seconds: float) -> None:
        """The same for a time."""
        over_at = time.monotonic() + seconds
        self.live(lambda: time.monotonic() >= over_at)

    def say(self, what: str, line: str) -> None:
        """Count an action, and tell of it."""
        self.done[what] += 1
        self.tell(line)


def kill(scene: Scene) -> None:
    """kill -9 of one worker."""
    member = _one_of(scene, _awake(scene))
    scene.say("kill", f"kill -9 {member.label}")
    scene.fleet.kill(member)


def kill_all(scene: Scene) -> None:
    """kill -9 of every worker at once, as in a power cut."""
    for member in _awake(scene):
        scene.done["kill"] += 1
        scene.fleet.kill(member)
    scene.say("kill of all at once", "kill -9 of every worker")


def stop(scene: Scene) -> None:
    """SIGTERM to one worker."""
    member = _one_of(scene, _awake(scene))
    scene.say("stop", f"stop {member.label}")
    scene.fleet.terminate(member)


def add(scene: Scene) -> None:
    """One more worker."""
    name = scene.random.choice(("resolve", "track"))
    instance = "cdefghijklmnopqrstuvwxyz"[scene.done["add"]]
    scene.say("add", f"add {name} {instance}")
    scene.fleet.add(name, instance)


def remove(scene: Scene) -> None:
    """One worker less, stopped for good; its partitions wait for the others until its session times out."""
    counts = Counter(member.name for member in scene.fleet.members)
    member = _one_of(scene, [each for each in _awake(scene) if counts[each.name] > 1])
    scene.say("remove", f"remove {member.label}")
    scene.fleet.remove(member)


def freeze(scene: Scene) -> None:
    """SIGSTOP of one worker in the middle of something, past its session time-out.

    Others take its partitions over; then it goes on as if nothing had been.
    """
    scene.proxy.delay_seconds = FULL_DELAY_SECONDS
    scene.live_for(scene.random.uniform(1.0, 3.0))
    member = _one_of(scene, [each for each in _awake(scene) if each.name != "sink"])
    seconds = scene.random.uniform(*FROZEN_SECONDS)
    scene.say("freeze", f"freeze {member.label} for {seconds:.1f} s")
    scene.fleet.freeze(member)
    scene.proxy.delay_seconds = 0.0

    def thaw() -> None:
        scene.tell(f"thaw {member.label}")
        scene.fleet.thaw(member)

    scene.later.append((time.monotonic() + seconds, thaw))


def kill_judge(scene: Scene) -> None:
    """kill -9 of a worker that is judging absences, while bytes are late; of any one when nobody does in time."""
    scene.proxy.delay_seconds = FULL_DELAY_SECONDS / 2
    heard: dict[str, float] = {}
    judging: list[Member] = []

    def somebody_judges() -> bool:
        tracks = [member for member in _awake(scene) if member.name == "track"]
        now = {member.url: member.judged_until() for member in tracks}
        judging[:] = [member for member in tracks if now[member.url] > heard.get(member.url, now[member.url])]
        heard.update(now)
        return bool(judging) or time.monotonic() > give_up_at

    give_up_at = time.monotonic() + VERDICT_SECONDS_MAX
    scene.live(somebody_judges)
    scene.live_for(scene.random.uniform(0.0, 2 * FULL_DELAY_SECONDS))
    member = _one_of(scene, judging or _awake(scene))
    scene.say("kill", f"kill -9 {member.label}{' while it judges absences' if judging else ''}")
    scene.fleet.kill(member)
    scene.proxy.delay_seconds = 0.0


def interrupt_broker(scene: Scene) -> None:
    """The broker is stopped in order, or killed with -9, and started again."""
    status = scene.broker.status()
    assert status is not None
    if scene.random.random() < KILLED_BROKER_SHARE:
        scene.say("broker kill", "kill -9 the broker")
        os.kill(status.pid, signal.SIGKILL)
    else:
        scene.say("broker restart", "restart the broker")
        scene.broker.stop()
    scene.start_broker()


def slow_down(scene: Scene) -> None:
    """Every byte to and from the broker comes late for a while."""
    delay, seconds = scene.random.uniform(*DELAY_SECONDS), scene.random.uniform(*SLOW_SECONDS)
    scene.say("latency", f"{delay * 1000:.0f} ms of latency each way for {seconds:.1f} s")
    scene.proxy.delay_seconds = delay

    def speed_up() -> None:
        scene.tell("no more latency")
        scene.proxy.delay_seconds = 0.0

    scene.later.append((time.monotonic() + seconds, speed_up))


Action = Callable[[Scene], None]


def deck(random: Random, kills: int, times: int) -> list[Action]:
    """The actions of one round, shuffled: so many kills of single workers, everything else so many times."""
    others: list[Action] = [stop, add, remove, freeze, kill_judge, slow_down, kill_all, interrupt_broker]
    actions: list[Action] = [*[kill] * kills, *others * times]
    random.shuffle(actions)
    return actions


def _awake(scene: Scene) -> list[Member]:
    return [member for member in scene.fleet.members if member.process is not None and not member.is_frozen]


def _one_of(scene: Scene, members: list[Member]) -> Member:
    """One of them; when there is none, the first that is awake again."""
    if not members:
        scene.live(lambda: bool(_awake(scene)))
    return scene.random.choice(members or _awake(scene))
