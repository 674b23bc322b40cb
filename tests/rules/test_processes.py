"""Processes that work for another: killed, stuck, renewed or orphaned, nobody waits for them without an end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from passerelle.linkers.processes import Processes, ProcessLost

LARGE = b"x" * 3_000_000
"""Far more than a pipe holds: it is still on its way when the process that should read it is killed."""


@pytest.fixture
def made() -> Iterator[list[Processes]]:
    pools: list[Processes] = []
    yield pools
    for pool in pools:
        pool.close()


def _until(holds, what: str) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.01)


def _gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def test_one_that_is_killed_while_a_large_task_is_on_its_way_is_told_and_the_next_task_is_done(made) -> None:
    pool = Processes(1, int)
    made.append(pool)
    (process,) = {pool.submit(os.getpid).result(60) for _ in range(3)}
    os.kill(process, signal.SIGSTOP)  # it reads nothing
    lost = [pool.submit(len, LARGE) for _ in range(3)]
    time.sleep(0.1)
    os.kill(process, signal.SIGKILL)
    with pytest.raises(ProcessLost, match="ended from outside, or does not answer"):
        lost[0].result(60)
    assert [one.result(60) for one in lost[1:]] == [len(LARGE)] * 2
    pool.close()
    assert pool.ids() == []


def test_one_that_does_not_answer_is_ended(made) -> None:
    pool = Processes(1, int, task_seconds_max=0.3)
    made.append(pool)
    with pytest.raises(ProcessLost):
        pool.submit(time.sleep, 600).result(60)
    assert pool.submit(os.getpid).result(60) != os.getpid()


def test_after_so_many_tasks_a_new_process_goes_on(made) -> None:
    pool = Processes(2, int, tasks_max=3)
    made.append(pool)
    did = [one.result(120) for one in [pool.submit(os.getpid) for _ in range(12)]]
    assert max(map(did.count, did)) <= 3 and len(set(did)) >= 4


def test_what_a_task_or_the_beginning_raises_is_raised_where_it_is_waited_for(made) -> None:
    pool = Processes(1, int)
    made.append(pool)
    with pytest.raises(ValueError, match="invalid literal") as raised:
        pool.submit(int, "no number").result(60)
    assert "Traceback" in raised.value.__notes__[0]
    assert pool.submit(int, "7").result(60) == 7
    with pytest.raises(RuntimeError, match="cannot be sent"):
        pool.submit(open, os.devnull).result(60)
    faulty = Processes(1, int, ("no number",))
    made.append(faulty)
    with pytest.raises(ValueError, match="invalid literal"):
        faulty.submit(os.getpid).result(60)


def test_closing_breaks_off_what_is_worked_on_and_gives_up_what_waits(made) -> None:
    pool = Processes(1, int)
    made.append(pool)
    working = pool.submit(time.sleep, 600)
    waiting = pool.submit(os.getpid)
    _until(working.running, "it never began")
    _until(pool.ids, "no process was started")
    (process,) = pool.ids()
    pool.close()
    assert waiting.cancelled() and _gone(process) and pool.ids() == []
    with pytest.raises(ProcessLost):
        working.result(60)


@pytest.mark.parametrize("start", ["forkserver", "spawn"])
def test_all_end_when_the_one_that_asked_is_killed_and_no_pipe_stays_open(start: str) -> None:
    program = (
        "import os, sys, time\nfrom passerelle.linkers.processes import Processes\n"
        f"pool = Processes(2, int, start={start!r})\n"
        "for one in [pool.submit(time.sleep, 0.5) for _ in range(2)]: one.result(60)\n"
        "for _ in range(2): pool.submit(time.sleep, 600)\n"
        "print(*pool.ids(), flush=True)\ntime.sleep(600)\n"
    )
    asked_by = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert asked_by.stdout is not None
    processes = [int(word) for word in asked_by.stdout.readline().split()]
    assert len(processes) == 2
    asked_by.kill()
    assert asked_by.communicate(timeout=60)[0] == "", "whoever reads what it prints comes to the end"
    _until(lambda: all(map(_gone, processes)), "they outlived the one that asked for them")
