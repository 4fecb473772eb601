"""Every metric explains itself, is in the documentation, and has no label that could name a person or a box."""

from pathlib import Path

import pytest
from prometheus_client.metrics import MetricWrapperBase

from runtime import metrics

DOCUMENT = Path(__file__).parents[2] / "docs" / "metrics.md"
FORBIDDEN_LABELS = {"iot_id", "identifier", "reader", "event_id", "object_key", "subject", "plate", "mrn"}
UNITS = ("_total", "_seconds", "_bytes", "_rows")

DEFINED: dict[str, MetricWrapperBase] = {
    name: value for name, value in vars(metrics).items() if isinstance(value, MetricWrapperBase)
}


def exposed_name(metric: MetricWrapperBase) -> str:
    (family,) = metric.describe()
    return f"{family.name}_total" if family.type == "counter" else str(family.name)


def row(metric: MetricWrapperBase) -> str:
    (family,) = metric.describe()
    labels = ", ".join(f"`{label}`" for label in metric._labelnames) or "–"
    return f"| `{exposed_name(metric)}` | {family.type} | {labels} | {family.documentation} |"


def test_there_are_metrics() -> None:
    assert len(DEFINED) >= 10


@pytest.mark.parametrize("metric", DEFINED.values(), ids=DEFINED.keys())
def test_a_metric_explains_itself(metric: MetricWrapperBase) -> None:
    (family,) = metric.describe()
    assert family.name.startswith("missionpath_")
    assert len(family.documentation) > 10
    assert "|" not in family.documentation


@pytest.mark.parametrize("metric", DEFINED.values(), ids=DEFINED.keys())
def test_no_label_names_a_person_or_a_box(metric: MetricWrapperBase) -> None:
    assert not FORBIDDEN_LABELS & set(metric._labelnames)


@pytest.mark.parametrize("metric", DEFINED.values(), ids=DEFINED.keys())
def test_a_histogram_has_its_unit_in_its_name(metric: MetricWrapperBase) -> None:
    (family,) = metric.describe()
    assert family.type != "histogram" or family.name.endswith(UNITS)


def test_the_documentation_lists_every_metric_and_no_other() -> None:
    rows = [line for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert sorted(rows) == sorted(row(metric) for metric in DEFINED.values())


if __name__ == "__main__":  # prints the table of docs/metrics.md
    print("| name | type | labels | meaning |\n| --- | --- | --- | --- |")
    print("\n".join(row(metric) for metric in DEFINED.values()))
