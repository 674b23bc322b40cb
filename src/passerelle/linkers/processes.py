"""Processes that work for this one: each is handed one task at a time, and none is waited for without an end.

Python's own pool of processes is not used: that of Debian 12 waits for ever when a process is killed while a large task
is on its way to it (python/cpython issue 94777), or when processes are renewed while tasks wait (issue 115634).
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import signal
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from multiprocessing.connection import Connection
from typing import Any, ParamSpec, TypeVar

from passerelle.errors import Refused
from passerelle.words import sentence

P = ParamSpec("P")
T = TypeVar("T")

STARTED = "forkserver"
"""A process is a fork of one that does nothing else, has one thread, and may have read what all of them need."""

TASK_SECONDS_MAX = 1800.0
"""A task takes seconds. A process that has not answered after half an hour never will."""

START_SECONDS_MAX = 300.0
END_SECONDS_MAX = 20.0


class ProcessLost(Refused):
    """A process was ended from outside, or does not answer any more."""

    code = "process.lost"


class Processes:
    """At most `count` processes, each started when a task waits for it; `begin(*told)` is called first in each.

    After `tasks_max` tasks a new process goes on in the place of the old one: what it remembered is gone with it. All
    end with this process, however that ends. `start`: how they are started, in the words of `multiprocessing`.
    """

    def __init__(
        self,
        count: int,
        begin: Callable[..., object],
        told: Sequence[Any] = (),
        *,
        start: str = STARTED,
        tasks_max: int | None = None,
        task_seconds_max: float = TASK_SECONDS_MAX,
    ) -> None:
        self._told = start, begin, tuple(told)
        self._tasks_max, self._task_seconds_max = tasks_max, task_seconds_max
        self._waiting: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._at_work: dict[int, _One] = {}
        self._closed = False
        self._threads = [threading.Thread(target=self._lead, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def submit(self, act: Callable[P, T], *given: P.args, **_: P.kwargs) -> Future[T]:
        """The answer of `act(*given)`, asked of the process that is free first. It may raise ProcessLost, and whatever
        `act` raises."""
        assert not self._closed, "nothing is asked of processes that were told to end"
        future: Future[T] = Future()
        self._waiting.put((future, act, given))
        return future

    def ids(self) -> list[int]:
        """The processes that are there now."""
        return sorted(self._at_work)

    def close(self) -> None:
        """Nothing more is asked; what waits is given up, what is being worked on is broken off, and all processes
        end."""
        self._closed = True
        with contextlib.suppress(queue.Empty):
            while True:
                asked = self._waiting.get_nowait()
                if asked is not None:
                    asked[0].cancel()
        for _ in self._threads:
            self._waiting.put(None)
        until = time.monotonic() + END_SECONDS_MAX
        for thread in self._threads:
            while thread.is_alive() and time.monotonic() < until:
                for one in list(self._at_work.values()):
                    if one.busy:
                        one.kill()
                thread.join(0.05)
        for one in list(self._at_work.values()):
            one.kill()

    def _lead(self) -> None:
        """One thread leads one process, and those that come in its place."""
        one: _One | None = None
        while (asked := self._waiting.get()) is not None:
            future, act, given = asked
            if not future.set_running_or_notify_cancel():
                continue
            try:
                if one is None:
                    one = _One(*self._told)
                    self._at_work[one.id] = one
                    one.begun()
                answer = one.ask(act, given, self._task_seconds_max)
            except ProcessLost as lost:
                _ended(one, self._at_work)
                one = None
                future.set_exception(lost)
            except BaseException as error:  # noqa: BLE001 (whatever the task raised is raised where it is waited for)
                future.set_exception(error)
                if one is not None and not one.tasks:  # it could not begin
                    _ended(one, self._at_work)
                    one = None
            else:
                future.set_result(answer)
            del asked, future, act, given
            if self._closed or (one is not None and one.tasks == self._tasks_max):
                _ended(one, self._at_work)
                one = None
        _ended(one, self._at_work)


_Asked = tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]
_starting = threading.Lock()
"""`multiprocessing` looks after all children when one is started, and two threads must not do so at once."""


class _One:
    """One process, and the line to it. All of it but `kill` and `busy` is for the thread that leads it."""

    def __init__(self, start: str, begin: Callable[..., object], told: tuple[Any, ...]) -> None:
        context: Any = multiprocessing.get_context(start)
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, begin, told), daemon=True)
        with _starting:
            self._process.start()
        theirs.close()
        self.id: int = self._process.pid
        self.tasks, self.busy = 0, True

    def begun(self) -> None:
        """Waits until it has begun. Raises ProcessLost, and what `begin` raised."""
        try:
            self._answer(START_SECONDS_MAX)
        finally:
            self.busy = False

    def ask(self, act: Callable[..., T], given: tuple[Any, ...], seconds_max: float) -> T:
        """What `act(*given)` answers there. Raises ProcessLost, and what `act` raised."""
        self.tasks += 1
        self.busy = True
        try:
            try:
                self._line.send((act, given))
            except OSError as error:
                raise _lost() from error
            answer: T = self._answer(seconds_max)
            return answer
        finally:
            self.busy = False

    def _answer(self, seconds_max: float) -> Any:
        try:
            if not self._line.poll(seconds_max):
                self.kill()
                raise _lost()
            good, answer = self._line.recv()
        except (EOFError, OSError) as error:
            raise _lost() from error
        if not good:
            raise answer
        return answer

    def kill(self) -> None:
        """Ends it, whatever it is doing."""
        with contextlib.suppress(OSError):
            os.kill(self.id, signal.SIGKILL)

    def end(self) -> None:
        """Lets it end, and waits until it has."""
        self._line.close()
        with _starting:
            self._process.join(END_SECONDS_MAX)
            if self._process.is_alive():
                self.kill()
                self._process.join(END_SECONDS_MAX)


def _ended(one: _One | None, at_work: dict[int, _One]) -> None:
    if one is not None:
        one.end()
        at_work.pop(one.id, None)


def _lost() -> ProcessLost:
    return ProcessLost(
        sentence("A process of this command was ended from outside, or does not answer any more."),
        way_out=sentence("Start the same command again."),
    )


def _serve(line: Connection, begin: Callable[..., object], told: tuple[Any, ...]) -> None:
    """What a process does from its first moment to its last."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asked for it decides when it ends
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _tell(line, begin, told)
    while True:
        try:
            act, given = line.recv()
        except (EOFError, OSError):
            return
        _tell(line, act, given)
        del act, given


def _tell(line: Connection, act: Callable[..., Any], given: tuple[Any, ...]) -> None:
    try:
        answer = True, act(*given)
    except BaseException as error:  # noqa: BLE001 (it is raised where it is waited for)
        error.add_note(traceback.format_exc())
        answer = False, error
    try:
        line.send(answer)
    except OSError:
        os._exit(1)
    except Exception as error:  # noqa: BLE001 (an answer that cannot be sent is told as one)
        line.send((False, RuntimeError(f"{answer[1]!r} cannot be sent: {error}")))


def _end_with_parent() -> None:
    """A process ends when the one that asked for it was killed: nobody would take its results. That is not its parent
    to the system, which is the one it was forked from, and which lives for as long as any of its forks."""
    asked_by = multiprocessing.parent_process()
    assert asked_by is not None, "it was started by another"
    asked_by.join()  # bent: a thread of its own that lives as long as its process
    os._exit(1)
