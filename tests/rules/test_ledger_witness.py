"""Signed notes, checkpoints, receipts and the witness: what is caught by whom, and what is caught by a witness only."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerelle.ledger import canonical, chain, checkpoint, export, notes, receipt, verify, vouched
from passerelle.ledger.witness import Request, Witness
from tests import figures

SEED, THEIRS = b"\x01" * 32, b"\x02" * 32
BEGAN = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
LINES = 300


def entries_of(count: int, changed: int = -1) -> list[str]:
    """So many lines that a ledger could hold; one of them another than it was."""
    return [
        canonical.encode(
            kind="DutyMoved" if number % 3 else "DutyRaised",
            at=BEGAN + timedelta(minutes=number),
            index=number,
            facts={"duty": f"duty-{number % 7}", "state": "done" if number == changed else "open"},
        ).decode()
        for number in range(count)
    ]


def leaves_of(entries: list[str]) -> list[bytes]:
    return [chain.leaf_hash(entry.encode()) for entry in entries]


class Ledger:
    """A ledger as its keeper has it: lines, and the key that signs."""

    def __init__(self, entries: list[str], seed: bytes = SEED) -> None:
        self.entries, self.leaves, self.seed = entries, leaves_of(entries), seed
        self.origin = checkpoint.origin_of(self.leaves[0])
        self.key = notes.key_of(self.origin, seed, notes.LOG)

    def note(self, size: int) -> notes.Note:
        said = checkpoint.Checkpoint(self.origin, size, chain.root_of(self.leaves[:size]))
        return checkpoint.signed(said, self.seed)

    def request(self, since: int, size: int) -> str:
        proof = chain.consistency_proof(self.leaves[:size], first=since, size=size) if since <= size else []
        return str(Request(since, tuple(proof), self.note(size)))


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(entries_of(LINES))


@pytest.fixture
def witness(tmp_path: Path, ledger: Ledger) -> Witness:
    made = Witness.make(tmp_path / "witness", name="north", seed=THEIRS)
    made.watch(ledger.key)
    return made


def test_the_published_example_of_a_signed_note_is_read_and_another_text_is_not() -> None:
    """The example of golang.org/x/mod/sumdb/note, whose format C2SP's signed-note describes."""
    key = notes.key_from("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    said = (
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    assert notes.signed_by(notes.read(said), key) == 0
    assert str(notes.read(said)) == said
    assert notes.signed_by(notes.read(said.replace("the answer", "no answer")), key) is None
    with pytest.raises(notes.NotAKey):
        notes.key_from(str(key).replace("c74f20a3", "c74f20a4"))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 200), st.data())
def test_a_proof_from_the_frontier_is_the_proof_from_the_first_line(size: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, size))
    leaves = [chain.leaf_hash(number.to_bytes(4, "big")) for number in range(size)]
    frontier = chain.Frontier()
    for leaf in leaves[:first]:
        frontier.append(leaf)
    short = chain.consistency_proof_after(frontier, leaves[first:], size=size)
    assert short == chain.consistency_proof(leaves, first=first, size=size)
    assert chain.verify_consistency(
        first=first, size=size, first_root=frontier.root(), root=chain.root_of(leaves), proof=short
    )
    indexes = [data.draw(st.integers(0, size - 1)) for _ in range(3)]
    paths = chain.inclusion_proofs(leaves, indexes=indexes, size=size)
    assert paths == [chain.inclusion_proof(leaves, index=index, size=size) for index in indexes]


def test_a_witness_signs_a_ledger_that_only_grew(witness: Witness, ledger: Ledger) -> None:
    for since, size in ((0, 1), (1, 100), (100, 100), (100, LINES)):
        answer = witness.consider(ledger.request(since, size), now=BEGAN)
        assert answer.status == 200, answer.why
    note = notes.read(str(ledger.note(LINES)) + answer.body)
    assert notes.signed_by(note, witness.key) == int(BEGAN.timestamp())
    assert witness.last(ledger.origin)[0].size == LINES and not witness.alarms()
    again = Witness(witness.folder)
    assert again.last(ledger.origin) == witness.last(ledger.origin), "it remembers after a restart"


def test_who_believes_that_the_witness_saw_less_is_told_what_it_saw(witness: Witness, ledger: Ledger) -> None:
    witness.consider(ledger.request(0, 100), now=BEGAN)
    answer = witness.consider(ledger.request(50, LINES), now=BEGAN)
    assert (answer.status, answer.body, answer.alarm) == (409, "100\n", "")
    assert witness.consider(ledger.request(100, LINES), now=BEGAN).status == 200


def test_a_restored_old_backup_is_caught_by_the_witness_and_by_nothing_else(
    witness: Witness, ledger: Ledger, tmp_path: Path
) -> None:
    witness.consider(ledger.request(0, LINES), now=BEGAN)
    old = Ledger(ledger.entries[:200])
    path = tmp_path / "export"
    export.write(path, old.entries, installation="house", exported_at=BEGAN)
    assert verify.verify(path).holds, "without a witness the old backup passes: nothing in it is wrong"
    (tmp_path / "note").write_text(str(old.note(200)), encoding="utf-8")
    alone = vouched.check(export=path, note=tmp_path / "note", log=str(ledger.key))
    assert alone.holds and "Not proved: that all are shown this same history." in alone.told
    answer = witness.consider(old.request(200, 200), now=BEGAN)
    assert (answer.status, answer.alarm) == (409, "rollback")
    asked = vouched.check(export=path, note=tmp_path / "note", log=str(ledger.key), witnesses=[str(witness.key)])
    assert not asked.holds and "north did not sign this checkpoint" in asked.told
    assert witness.alarms()[-1]["kind"] == "rollback"


def test_one_old_checkpoint_shown_a_thousand_times_fills_no_disk(witness: Witness, ledger: Ledger) -> None:
    """Who has an old receipt has an old checkpoint: whoever can reach the witness can show it."""
    witness.consider(ledger.request(0, LINES), now=BEGAN)
    for size in (200, 200, 201, 200):
        answer = witness.consider(ledger.request(size, size), now=BEGAN)
        assert (answer.status, answer.alarm) == (409, "rollback"), "whoever shows it hears it each time"
    assert [alarm["kind"] for alarm in witness.alarms()] == ["rollback", "rollback"], "each is written down once"


def test_an_insider_who_signs_a_rewritten_past_with_the_stolen_key_is_caught_by_the_witness_alone(
    witness: Witness, ledger: Ledger, tmp_path: Path
) -> None:
    witness.consider(ledger.request(0, 250), now=BEGAN)
    forged = Ledger(entries_of(LINES, changed=77))
    path = tmp_path / "export"
    export.write(path, forged.entries, installation="house", exported_at=BEGAN)
    assert verify.verify(path).holds, "without a witness the forged history passes"
    assert checkpoint.check(forged.note(LINES), log=ledger.key).checkpoint.size == LINES, "the key is the stolen one"
    for since, size in ((250, LINES), (250, 250)):
        answer = witness.consider(forged.request(since, size), now=BEGAN)
        assert answer.status in (409, 422) and answer.alarm == "fork", answer
    assert [alarm["kind"] for alarm in witness.alarms()] == ["fork", "fork"]
    assert witness.consider(ledger.request(250, LINES), now=BEGAN).status == 200, "the true history goes on"


def test_after_a_gap_that_somebody_signed_the_witness_begins_again_and_keeps_what_it_had(
    witness: Witness, ledger: Ledger
) -> None:
    witness.consider(ledger.request(0, LINES), now=BEGAN)
    restored = Ledger([*ledger.entries[:200], *entries_of(LINES + 5, changed=220)[200:]])
    assert witness.consider(restored.request(LINES, LINES + 5), now=BEGAN).alarm == "fork"
    witness.begin_again(restored.note(LINES + 5), signed_by="Ann Peeters", reason="the disk was lost", now=BEGAN)
    assert witness.last(ledger.origin)[0].root == chain.root_of(restored.leaves)
    kept = witness.alarms()[-1]
    assert kept["kind"] == "begun_again" and "Ann Peeters" in kept["why"]
    assert notes.read(kept["note"]).text == ledger.note(LINES).text


NO_REQUESTS = (
    "", "old 1\n", "old x\n\na\n", "old 0\nAAAA\n\nx\n1\nAAAA\n\n— x AAAAAAAA\n", "\n\n",
    f"old {'9' * 5000}\n\nx\n1\nAAAA\n\n— x AAAAAAAA\n",
    f"old 0\n\nx\n{'9' * 5000}\n{'A' * 43}=\n\n— x AAAAAAAA\n",
)  # fmt: skip


@pytest.mark.parametrize("wrong", NO_REQUESTS)
def test_what_is_no_request_is_refused_and_remembered_by_nobody(witness: Witness, wrong: str) -> None:
    assert witness.consider(wrong, now=BEGAN).status == 400
    assert not witness.alarms()


def test_a_ledger_that_is_not_watched_and_a_key_that_is_not_its_own_are_refused(
    witness: Witness, ledger: Ledger
) -> None:
    other = Ledger(entries_of(9, changed=0))
    assert witness.consider(other.request(0, 9), now=BEGAN).status == 404
    impostor = Ledger(ledger.entries, seed=THEIRS)
    assert witness.consider(impostor.request(0, 9), now=BEGAN).status == 403
    assert witness.last(ledger.origin) is None


def test_a_receipt_is_checked_without_the_ledger_and_any_changed_byte_is_found(ledger: Ledger) -> None:
    mine = [(number, entry) for number, entry in enumerate(ledger.entries) if '"duty-3"' in entry][:3]
    data = receipt.make("duty-3", entries=mine, leaves=ledger.leaves, note=ledger.note(LINES))
    found = receipt.check(data, log=ledger.key)
    assert [line["index"] for line in found.lines] == [number for number, _ in mine]
    assert "Not proved" in receipt.told(found)
    missed = []
    for place in range(len(data)):
        bent = bytearray(data)
        bent[place] ^= 1
        try:
            again = receipt.check(bytes(bent), log=ledger.key)
        except (receipt.NotAReceipt, checkpoint.NotACheckpoint, notes.NotANote):
            continue
        missed.append((place, again))
    assert not missed


def test_a_receipt_of_another_ledger_does_not_hold(ledger: Ledger) -> None:
    forged = Ledger(entries_of(LINES, changed=LINES - 1))
    mine = [(3, ledger.entries[3])]
    data = receipt.make("duty-3", entries=mine, leaves=ledger.leaves, note=forged.note(LINES))
    with pytest.raises(receipt.NotAReceipt, match="Line 3 does not stand in the ledger"):
        receipt.check(data, log=ledger.key)
    assert json.loads(data)["duty"] == "duty-3"


def changed_files(data: bytes) -> dict[str, list[bytes]]:
    """Every single change of a kind: a line away, two lines swapped, one twice, the end cut off."""
    head, *lines = data.splitlines(keepends=True)

    def of(*given: bytes) -> bytes:
        return head + b"".join(given)

    return {
        "delete": [of(*lines[:at], *lines[at + 1 :]) for at in range(len(lines))],
        "double": [of(*lines[:at], lines[at], *lines[at:]) for at in range(len(lines))],
        "swap": [of(*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]) for at in range(len(lines) - 1)],
        "truncate": [data[:at] for at in range(0, len(data), 97)] + [of(*lines[:at]) for at in range(len(lines))],
    }


def test_harness_h_deleted_doubled_swapped_and_cut_lines_are_all_found(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "export"
    export.write(path, ledger.entries, installation="house", exported_at=BEGAN)
    tried = 0
    for kind, files in changed_files(path.read_bytes()).items():
        for number, data in enumerate(files[:: 7 if kind != "truncate" else 23]):
            path.write_bytes(data)
            assert not verify.verify(path).holds, f"{kind} {number} was missed"
            tried += 1
    assert tried > 100


def flips(count: int) -> range:
    """Which of `count` places are tried here; the long form tries all."""
    return range(0, count, max(1, count // 700))


def check_flips(ledger: Ledger, path: Path, every: bool) -> int:
    export.write(path, ledger.entries, installation="house", exported_at=BEGAN)
    whole = path.read_bytes()
    places = range(len(whole)) if every else flips(len(whole))
    for place in places:
        bent = bytearray(whole)
        bent[place] ^= 1 << place % 8
        path.write_bytes(bytes(bent))
        assert not verify.verify(path).holds, f"a changed byte at {place} of {len(whole)} was missed"
    return len(places)


def test_harness_h_a_flipped_byte_is_found_wherever_it_is(ledger: Ledger, tmp_path: Path) -> None:
    assert check_flips(Ledger(ledger.entries[:60]), tmp_path / "export", every=False) >= 700


@pytest.mark.release
def test_harness_h_every_byte_of_a_ledger_of_three_hundred_lines_is_flipped(ledger: Ledger, tmp_path: Path) -> None:
    flipped = check_flips(ledger, tmp_path / "export", every=True)
    assert flipped > 50_000
    figures.keep("flips", flipped=flipped, lines=len(ledger.entries), missed=0)
