"""How domain events travel: catalogue, Avro codec, schema registry, dead letters, Kafka clients."""
