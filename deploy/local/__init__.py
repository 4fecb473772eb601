"""A development Kafka broker on this machine, for those who have no cluster at hand."""
