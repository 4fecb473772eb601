"""Open missions are counted from what the table of ``track`` keeps."""

from builders import PORT, plan, scan, status
from conveyance_builders import TRAIN, composed

from domain.events import CustomsStatus, InputEvent
from domain.judging import Kept, judge
from runtime import metrics
from streams.open_missions import OpenMissions
from streams.track import encode


def kept(*events: InputEvent, key: str = str(plan().iot_id)) -> bytes:
    state = Kept(key)
    for event in events:
        judged = judge(state, event, PORT)
        assert judged is not None
        state = judged.kept
    return encode(state)


EXPECTED = kept(plan())
READ_ONLY = kept(scan(2, 5, "DOCK"))
UNDER_WAY = kept(plan(), scan(2, 5, "DOCK"), status(3, 6, CustomsStatus.RELEASED))
ENDED = kept(plan(), status(2, 5, CustomsStatus.DEFINITIVE))
CANCELLED = kept(plan(), status(2, 5, CustomsStatus.CANCELLED))
OF_A_TRAIN = kept(composed(1, 0), key=TRAIN)


def shown() -> float:
    (family,) = metrics.MISSIONS_OPEN.collect()
    return family.samples[0].value


def test_a_whole_table_is_counted() -> None:
    counted = OpenMissions()
    counted.recount({b"1": EXPECTED, b"2": UNDER_WAY, b"3": ENDED, b"4": CANCELLED, b"5": OF_A_TRAIN}.items())
    assert shown() == 2
    counted.recount({b"1": EXPECTED}.items())
    assert shown() == 1, "what went to another worker is counted there"
    counted.recount({}.items())
    assert shown() == 0


def test_a_mission_is_open_from_its_first_event_to_its_end() -> None:
    counted = OpenMissions()
    counted.recount({}.items())
    for value, many in ((READ_ONLY, 1), (UNDER_WAY, 1), (ENDED, 0), (UNDER_WAY, 1), (OF_A_TRAIN, 0)):
        counted.changed({(3, b"1"): value})
        assert shown() == many
    counted.changed({(0, b"1"): EXPECTED, (1, b"2"): UNDER_WAY, (2, b"3"): ENDED})
    assert shown() == 2
