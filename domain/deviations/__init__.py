"""The registry of deviation kinds: every module of this folder that has a ``RULE`` is in it."""

from importlib import import_module
from pkgutil import iter_modules

from domain.deviations.rule import Finding, Handling, Rule
from domain.events import Severity
from domain.policy import Policy

_MODULES = sorted(module.name for module in iter_modules(__path__) if module.name != "rule")

RULES: dict[str, Rule] = {rule.kind: rule for rule in (import_module(f"{__name__}.{name}").RULE for name in _MODULES)}
"""All kinds by name."""

RULES_OF: dict[type, tuple[Rule, ...]] = {
    view: tuple(rule for rule in RULES.values() if rule.judges is view)
    for view in {rule.judges for rule in RULES.values()}
}
"""The kinds that judge a view."""


def severity_of(kind: str, policy: Policy) -> Severity:
    """How grave a port finds a kind: by its policy, or else as the kind itself says."""
    return policy.severities.get(kind, RULES[kind].severity)


__all__ = ["RULES", "RULES_OF", "Finding", "Handling", "Rule", "severity_of"]
