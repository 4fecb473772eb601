"""The edge: what devices and systems outside say, checked and published."""
