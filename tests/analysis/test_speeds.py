"""The bench measures what it says, on the models that are there."""

from core.analysis.bench import run


def test_the_bench_measures_ours_and_the_peers_in_one_run() -> None:
    rows = {row.what: row for row in run(models=None, seconds=0.05, clip_seconds=1.0)}
    names = " | ".join(rows)
    assert "a 1-s A4C DICOM clip" in names
    for part in ("view + plane + guidance", "regions", "r2plus1d_18", "deeplabv3_resnet50",
                 "xception", "live, frame in to cue out", "DICOM clip"):  # fmt: skip
        assert part in names
    for row in rows.values():
        assert 0 < row.median_ms <= row.p95_ms * 1.0001
        assert row.runs >= 1
    clip = next(row for what, row in rows.items() if "r2plus1d" in what)
    assert clip.per_frame_ms is not None
    assert clip.per_frame_ms * 32 == clip.median_ms
    live = next(what for what in rows if what.startswith("live"))
    assert "1 waiting" in live or "0 waiting" in live
