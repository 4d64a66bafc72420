"""Background work: an end, an error in words, and a way to stop."""

import threading

from app.live.jobs import Job
from core.domain import InputError


def test_a_job_gives_its_result_and_how_far_it_is():
    told = threading.Event()
    go = threading.Event()

    def work(progress):
        progress(0.5)
        told.set()
        go.wait(5)
        return "done"

    job = Job("test", work)
    assert told.wait(5)
    assert job.fraction == 0.5
    assert job.running
    go.set()
    assert job.wait(5)
    assert job.result == "done"
    assert not job.failed


def test_a_cancelled_job_stops_at_its_next_step():
    steps = []
    started = threading.Event()

    def work(progress):
        for i in range(10_000):
            started.set()
            progress(i / 10_000)
            steps.append(i)
            threading.Event().wait(0.001)

    job = Job("test", work)
    assert started.wait(5)
    job.cancel()
    assert job.wait(5)
    assert job.cancelled
    assert len(steps) < 5_000
    assert job.error is None


def test_a_users_mistake_comes_back_as_its_line_and_a_fault_of_ours_as_none():
    def mistaken(_progress):
        raise InputError("a.dcm: empty file; choose another")

    def broken(_progress):
        raise ZeroDivisionError

    first, second = Job("first", mistaken), Job("second", broken)
    assert first.wait(5)
    assert second.wait(5)
    assert first.error == "a.dcm: empty file; choose another"
    assert not first.failed
    assert second.failed
    assert second.error is None
