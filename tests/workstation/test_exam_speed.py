"""The bench of a whole exam goes the ways that its rows name."""

from core.workstation.bench import run_exam


def test_an_exam_is_received_taken_and_measured():
    rows = run_exam(models=None, frames=4, views=2)
    ways = ("received to its draft", "taken here to its draft", "all measurements")
    assert [way in row.what for row, way in zip(rows, ways, strict=True)] == [True] * 3
    assert all(row.median_ms > 0 and row.runs == 1 and row.goal for row in rows)
