"""The command line: one file a command, and ``bootstrap``, the only place that wires things together."""
