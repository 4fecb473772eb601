"""The registry of plots: every module of this folder that has a ``PLOT`` is in it."""

from importlib import import_module
from pkgutil import iter_modules

from readers.simulator.plots.plot import Plot

_MODULES = sorted(module.name for module in iter_modules(__path__) if module.name != "plot")

PLOTS: dict[str, Plot] = {plot.kind: plot for plot in (import_module(f"{__name__}.{name}").PLOT for name in _MODULES)}
"""All plots by kind."""

__all__ = ["PLOTS", "Plot"]
