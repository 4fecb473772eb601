"""How fast the pipeline is, beside plain clients, stock Faust and Quix Streams: ``make bench``."""
