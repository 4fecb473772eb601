"""The documentation of the deviation kinds is in step with the registry and the policy."""

from pathlib import Path
from typing import get_type_hints

import msgspec
import pytest

from domain.deviations import RULES, Rule
from domain.policy import Policy

DOCUMENT = Path(__file__).parents[2] / "docs" / "deviations.md"
FIELDS = {field.name: field for field in msgspec.structs.fields(Policy)}


def kind_row(rule: Rule) -> str:
    severity, threshold = rule.severity.value, rule.threshold or "–"
    return f"| `{rule.kind}` | {rule.trigger} | {rule.subject} | {severity} | {rule.basis} | {threshold} |"


def policy_row(name: str) -> str:
    default = FIELDS[name].default
    shown = ", ".join(map(str, default)) if isinstance(default, tuple) else ""
    shown = f"{default:g}" if isinstance(default, int | float) else shown or "none"
    return f"| `{name}` | {shown} | {meaning(name)} |"


def meaning(name: str) -> str:
    (meta,) = get_type_hints(Policy, include_extras=True)[name].__metadata__
    return str(meta.description)


def rows(heading: str) -> list[str]:
    _, _, section = DOCUMENT.read_text("utf-8").partition(f"\n## {heading}\n")
    return [line for line in section.partition("\n## ")[0].splitlines() if line.startswith("| `")]


def test_the_documentation_lists_every_kind_and_no_other() -> None:
    assert rows("Kinds") == [kind_row(rule) for rule in RULES.values()]


def test_the_documentation_lists_every_policy_and_no_other() -> None:
    assert rows("Policy") == [policy_row(name) for name in FIELDS]


@pytest.mark.parametrize("name", sorted(FIELDS.keys() - {"severities"}))
def test_every_threshold_of_the_policy_is_named_by_a_kind(name: str) -> None:
    assert [rule.kind for rule in RULES.values() if f"`{name}`" in rule.threshold]


@pytest.mark.parametrize("kind", sorted(RULES))
def test_a_row_is_a_row(kind: str) -> None:
    assert kind_row(RULES[kind]).count("|") == 7


if __name__ == "__main__":  # prints the tables of docs/deviations.md
    print("| kind | trigger | subject | severity | basis | threshold |\n| --- | --- | --- | --- | --- | --- |")
    print("\n".join(kind_row(rule) for rule in RULES.values()))
    print("\n| field | default | meaning |\n| --- | --- | --- |")
    print("\n".join(policy_row(name) for name in FIELDS))
