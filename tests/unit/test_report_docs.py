"""The documentation of the reports is in step with the reports."""

from pathlib import Path

import pytest

from sinks.report import Report, reports

DOCUMENT = (Path(__file__).parents[2] / "docs" / "reports.md").read_text("utf-8")
HEADINGS = [line.strip("# `") for line in DOCUMENT.splitlines() if line.startswith("## `")]


def test_every_report_is_explained_and_no_other() -> None:
    assert sorted(HEADINGS) == sorted(reports())


@pytest.mark.parametrize("report", reports().values(), ids=lambda report: report.name)
def test_a_report_is_explained_as_its_file_says(report: Report) -> None:
    section = DOCUMENT.partition(f"\n## `{report.name}`\n")[2].partition("\n## `")[0]
    assert report.answers in section
    takes = [
        *(f"`--{each.replace('_', '-')}`" for each in report.parameters),
        *(["`--plot`"] if report.picture else []),
    ]
    assert f"\nTakes {' '.join(takes)}.\n" in section
    table = [line for line in section.splitlines() if line.startswith("| `")]
    assert table == [f"| `{name}` | {meaning} |" for name, meaning in report.columns.items()]
    said = report_head(report)
    assert all(each in said for each in ("Parameters: ", "Columns:"))
    assert {each for each in report.parameters if each not in said.partition("Columns:")[0]} == set()


def report_head(report: Report) -> str:
    text = (Path(__file__).parents[2] / "sinks" / "reports" / f"{report.name}.sql").read_text("utf-8")
    return text.partition("\n\n")[0]
