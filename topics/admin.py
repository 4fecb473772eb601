"""The catalogue against the broker: what is missing, what differs, and creating it."""

import time
from dataclasses import dataclass
from enum import StrEnum

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from runtime.errors import Fatal, Unavailable
from runtime.settings import Settings
from topics.catalog import READ_BY, Topic, all_topics
from topics.whereabouts import notebook

REQUEST_SECONDS = 30.0
LEFT_SECONDS = 15.0
"""For how long a worker that has ended may count for a member still, and somewhat more."""

POLL_SECONDS = 0.1
HOUR_MS = 3_600_000


class Action(StrEnum):
    """What ``apply`` does about a topic."""

    KEEP = "keep"
    CREATE = "create"
    ALTER = "alter"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the plan: what there is to do about a topic, and why."""

    topic: str
    action: Action
    detail: str
    config: dict[str, str]


def wanted_config(topic: Topic) -> dict[str, str]:
    """The broker's settings of a topic."""
    # A changelog must never lose a key: compacted, and never deleted by age or size.
    retention_ms = -1 if topic.retention_hours is None else topic.retention_hours * HOUR_MS
    return {
        "cleanup.policy": "compact" if topic.compacted else "delete",
        "retention.ms": str(retention_ms),
        "retention.bytes": "-1",
    }


def plan(client: AdminClient, settings: Settings) -> list[Step]:
    """Compare every topic of the catalogue with the broker; changes nothing.

    *Raises*: Unavailable when the broker does not answer.
    """
    try:
        existing = client.list_topics(timeout=REQUEST_SECONDS).topics
    except KafkaException as error:
        raise Unavailable(f"topics cannot be listed: {error.args[0].str()}") from error
    names = {settings.topic(topic.name): topic for topic in all_topics()}
    configs = _configs(client, [name for name in names if name in existing])
    steps = []
    for name, topic in names.items():
        partitions = len(existing[name].partitions) if name in configs else None
        steps.append(_step(name, topic, partitions, configs.get(name, {}), settings.partitions))
    return steps


def _step(name: str, topic: Topic, partitions: int | None, config: dict[str, str], wanted_partitions: int) -> Step:
    wanted = wanted_config(topic)
    if partitions is None:
        return Step(name, Action.CREATE, f"{wanted_partitions} partitions", wanted)
    if partitions != wanted_partitions:
        why = f"has {partitions} partitions, {wanted_partitions} are set: changing them would split keys"
        return Step(name, Action.REFUSE, why, {})
    differing = {key: value for key, value in wanted.items() if config.get(key) != value}
    detail = ", ".join(f"{key} {config.get(key)} → {value}" for key, value in differing.items())
    return Step(name, Action.ALTER if differing else Action.KEEP, detail, differing)


def apply(client: AdminClient, settings: Settings, steps: list[Step]) -> None:
    """Create and alter what the plan says, and wait until the broker shows it.

    *Guarantee*: idempotent; a topic that somebody else created meanwhile is fine.
    *Raises*: Fatal when the plan refuses a topic, Unavailable when the broker refuses or does not answer.
    """
    if refused := [f"{step.topic} {step.detail}" for step in steps if step.action is Action.REFUSE]:
        raise Fatal("; ".join(refused))
    new = [
        NewTopic(s.topic, settings.partitions, settings.replication_factor, config=dict(s.config))
        for s in steps
        if s.action is Action.CREATE
    ]
    alter = [_alteration(step) for step in steps if step.action is Action.ALTER]
    try:
        if new:
            _await_all(client.create_topics(new, operation_timeout=REQUEST_SECONDS))
        if alter:
            _await_all(client.incremental_alter_configs(alter))
    except (KafkaException, TimeoutError) as error:
        raise Unavailable(f"topics cannot be created: {error}") from error
    if new or alter:
        _await_plan(client, settings)


def _await_plan(client: AdminClient, settings: Settings) -> None:
    # The controller has decided, but the brokers that clients ask hear of it a moment later.
    deadline = time.monotonic() + REQUEST_SECONDS
    while open_steps := [s for s in plan(client, settings) if s.action in (Action.CREATE, Action.ALTER)]:
        if time.monotonic() > deadline:
            raise Unavailable(f"{open_steps[0].topic} does not appear within {REQUEST_SECONDS:.0f} s")
        time.sleep(POLL_SECONDS)


def delete(client: AdminClient, names: list[str]) -> None:
    """Delete topics for good; those that do not exist are fine."""
    for future in client.delete_topics(names, operation_timeout=REQUEST_SECONDS).values():
        try:
            future.result(REQUEST_SECONDS)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise Unavailable(f"topics cannot be deleted: {error.args[0].str()}") from error


def clear(client: AdminClient, settings: Settings, patience_seconds: float = LEFT_SECONDS) -> None:
    """Delete every topic and group of a namespace for good, and wait until the broker no longer shows them.

    *Raises*: Fatal when a worker still belongs to one of its groups in the end, and no topic is deleted; Unavailable
    when the broker refuses or does not answer.
    """
    deadline = time.monotonic() + patience_seconds
    while busy := _delete_groups(client, [settings.topic(group) for group in READ_BY]):
        if time.monotonic() > deadline:
            raise Fatal(f"a worker still belongs to {busy}: stop it first")
        time.sleep(POLL_SECONDS)
    delete(client, [settings.topic(topic.name) for topic in all_topics()])
    deadline = time.monotonic() + REQUEST_SECONDS
    while left := [step.topic for step in plan(client, settings) if step.action is not Action.CREATE]:
        if time.monotonic() > deadline:
            raise Unavailable(f"{left[0]} does not disappear within {REQUEST_SECONDS:.0f} s")
        time.sleep(POLL_SECONDS)


def _delete_groups(client: AdminClient, names: list[str]) -> str | None:
    """Delete groups and their notes; the first that still has members, which stays."""
    busy = None
    doomed = [each for name in names for each in (name, notebook(name))]
    for name, future in client.delete_consumer_groups(doomed, request_timeout=REQUEST_SECONDS).items():
        try:
            future.result(REQUEST_SECONDS)
        except KafkaException as error:
            code = error.args[0].code()
            if code == KafkaError.NON_EMPTY_GROUP:
                busy = busy or name
            elif code != KafkaError.GROUP_ID_NOT_FOUND:
                raise Unavailable(f"group {name} cannot be deleted: {error.args[0].str()}") from error
        except TimeoutError as error:
            raise Unavailable(f"group {name} cannot be deleted: {error}") from error
    return busy


def _await_all(futures: dict) -> None:  # type: ignore[type-arg]
    for future in futures.values():
        try:
            future.result(REQUEST_SECONDS)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise


def _alteration(step: Step) -> ConfigResource:
    entries = [
        ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET) for key, value in step.config.items()
    ]
    return ConfigResource(ResourceType.TOPIC, step.topic, incremental_configs=entries)


def _configs(client: AdminClient, names: list[str]) -> dict[str, dict[str, str]]:
    """The settings of topics; those that were deleted since they were listed are left out."""
    if not names:
        return {}
    found: dict[str, dict[str, str]] = {}
    try:
        futures = client.describe_configs([ConfigResource(ResourceType.TOPIC, name) for name in names])
        for resource, future in futures.items():
            try:
                found[resource.name] = {key: entry.value for key, entry in future.result(REQUEST_SECONDS).items()}
            except KafkaException as error:
                if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                    raise
    except (KafkaException, TimeoutError) as error:
        raise Unavailable(f"topic settings cannot be read: {error}") from error
    return found
