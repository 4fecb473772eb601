"""A port that can be turned up: cargo under way with planted deviations and realistic noise, and the ground truth."""

from readers.simulator.parameters import NoiseRates, Parameters
from readers.simulator.stream import Simulation
from readers.simulator.truth import Misread, Planted, Row, Totals, encode_row

__all__ = ["Misread", "NoiseRates", "Parameters", "Planted", "Row", "Simulation", "Totals", "encode_row"]
