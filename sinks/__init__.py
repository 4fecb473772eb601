"""ClickHouse and nothing else: rows, engines, batches, migrations and what analysts may ask.

Knows neither Kafka nor Faust: what arrives is a ``Delivery``, what leaves is an insert that was acknowledged.
"""
