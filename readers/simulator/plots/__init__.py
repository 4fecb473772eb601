"""The registry of plots: every module of this folder that has a ``PLOT`` is in it."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from readers.simulator.plots.plot import N, Plot

_MODULES = sorted(module.name for module in iter_modules(__path__) if module.name != "plot")

PLOTS: dict[str, Plot[Any]] = {
    plot.kind: plot for plot in (import_module(f"{__name__}.{name}").PLOT for name in _MODULES)
}
"""All plots by kind."""


def plant(story: N) -> None:
    """Plant one kind drawn by lot, of those that are possible in the story."""
    plots = [plot for plot in PLOTS.values() if plot.into is type(story)]
    for plot in story.rng.sample(plots, len(plots)):
        if plot.plant(story):
            return


__all__ = ["PLOTS", "Plot", "plant"]
