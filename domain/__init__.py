"""The language of the port, pure: identifiers, events, missions, deviations. No I/O, no clock, no logging."""
