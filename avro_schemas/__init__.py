"""The Avro schemas: one ``.avsc`` a record type, and ``registry.json`` with the id of every version."""
