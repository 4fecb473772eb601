"""The registry of deviation kinds: every module of this folder that has a ``RULE`` is in it."""

from importlib import import_module
from pkgutil import iter_modules

from domain.deviations.rule import Finding, Rule

_MODULES = sorted(module.name for module in iter_modules(__path__) if module.name != "rule")

RULES: dict[str, Rule] = {rule.kind: rule for rule in (import_module(f"{__name__}.{name}").RULE for name in _MODULES)}
"""All kinds by name."""

__all__ = ["RULES", "Finding", "Rule"]
