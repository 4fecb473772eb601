"""One key, one partition, whoever writes: ours is aiokafka's, which is Java's.

librdkafka's ``murmur2_random`` is held against it on a real broker, in the integration tests.
"""

from aiokafka.partitioner import DefaultPartitioner
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.outbox import partition_of

# From the tests of Kafka's Java client (org.apache.kafka.common.utils.UtilsTest#testMurmur2).
JAVA_MURMUR2 = {
    b"21": -973932308,
    b"foobar": -790332482,
    b"a-little-bit-long-string": -985981536,
    b"a-little-bit-longer-string": -1486304829,
    b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    b"abc": 479470107,
}


def test_the_hash_is_javas() -> None:
    for key, number in JAVA_MURMUR2.items():
        for partitions in (1, 4, 7, 1024):
            assert partition_of(key, partitions) == (number & 0x7FFFFFFF) % partitions


@settings(max_examples=500)
@given(key=st.binary(max_size=80), partitions=st.integers(1, 1024))
def test_ours_is_aiokafkas(key: bytes, partitions: int) -> None:
    everywhere = list(range(partitions))
    assert partition_of(key, partitions) == DefaultPartitioner()(key, everywhere, everywhere)


@settings(max_examples=300)
@given(key=st.text(max_size=40).map(str.encode))
def test_a_single_partition_takes_every_key(key: bytes) -> None:
    assert partition_of(key, 1) == 0


def test_keys_spread_over_all_partitions() -> None:
    assert {partition_of(b"BIC:%d" % n, 16) for n in range(1_000)} == set(range(16))
