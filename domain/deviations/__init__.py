"""The registry of deviation kinds: every module of this folder that has a ``RULE`` is in it."""

from importlib import import_module
from pkgutil import iter_modules

from domain.deviations.rule import Finding, Rule
from domain.events import Severity
from domain.policy import Policy

_MODULES = sorted(module.name for module in iter_modules(__path__) if module.name != "rule")

RULES: dict[str, Rule] = {rule.kind: rule for rule in (import_module(f"{__name__}.{name}").RULE for name in _MODULES)}
"""All kinds by name."""


def severity_of(kind: str, policy: Policy) -> Severity:
    """How grave a port finds a kind: by its policy, or else as the kind itself says."""
    return policy.severities.get(kind, RULES[kind].severity)


__all__ = ["RULES", "Finding", "Rule", "severity_of"]
