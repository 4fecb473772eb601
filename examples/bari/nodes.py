"""The nodes of the example port by name, and the port itself."""

from pathlib import Path

from domain.port_file import parse_port

PORT = parse_port((Path(__file__).parent / "port.json").read_bytes())

GATE_IN = "ITBRI-GATE-IN"
GATE_OUT = "ITBRI-GATE-OUT"
RAIL_IN = "ITBRI-RAIL-IN"
RAIL_OUT = "ITBRI-RAIL-OUT"
TERMINAL = "ITBRI-TERMINAL"
DOCK_GATE = "ITBRI-DOCK-GATE"
SCANNER = "ITBRI-SCANNER"
WAREHOUSE = "ITBRI-WAREHOUSE"
FERRY_YARD = "ITBRI-FERRY-YARD"
DRY_PORT = "ITBRI-DRY-PORT"
