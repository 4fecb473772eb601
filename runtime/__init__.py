"""The leaf every other folder may import: settings, errors, clock, logs, metrics, health."""
