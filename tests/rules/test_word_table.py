"""What is kept of words from one set of names to the next, while several threads read names at once."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest

from passerelle.names import parts, word_table


@pytest.fixture
def quick_turns() -> Iterator[None]:
    """Threads take turns after a few steps, as they do now and then under load."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_a_thread_that_lets_go_of_what_is_kept_takes_nothing_from_another(quick_turns: None) -> None:
    words = [word for name in ("Zéphyrin Vandenabeele", "Karim Benhachem") for word in parts.parse(name).words]
    wanted = word_table.rows_of(words).tobytes()
    failed: list[str] = []
    over = threading.Event()

    def reads() -> None:
        try:
            while not over.is_set():
                if word_table.rows_of(words).tobytes() != wanted:
                    failed.append("other rows")
        except KeyError as error:
            failed.append(repr(error))

    def lets_go() -> None:
        for _ in range(20_000):
            word_table._kept.clear()
        over.set()

    threads = [threading.Thread(target=act) for act in (reads, reads, lets_go)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed and over.is_set()


def test_no_two_words_have_one_number_whichever_threads_ask(quick_turns: None) -> None:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.extend(parts.next_number() for _ in range(5_000))) for _ in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(set(found)) == 20_000
