"""The Merkle tree agrees with the published vectors of RFC 6962, and its proofs prove what they say and nothing else.

The vectors are those of the Certificate Transparency project's own Merkle tree tests: eight leaves, the root over the
first one to eight of them, four inclusion paths and four consistency proofs.
"""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.ledger import chain

ENTRIES = [
    bytes.fromhex(entry)
    for entry in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
LEAVES = [chain.leaf_hash(entry) for entry in ENTRIES]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
A = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
B = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
CD = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
EH = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
E = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
GH = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
AD = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
EF = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
AB = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"


def leaves_of(count: int) -> list[bytes]:
    return [chain.leaf_hash(number.to_bytes(4, "big")) for number in range(count)]


def root_by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word: the simple model that the quick one is checked against."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + root_by_definition(leaves[:split]) + root_by_definition(leaves[split:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_the_root_is_the_published_one(size: int) -> None:
    assert chain.root_of(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [(0, 1, []), (0, 8, [B, CD, EH]), (5, 8, [E, GH, AD]), (2, 3, [AB]), (1, 5, [A, CD, E])],
)
def test_the_inclusion_proof_is_the_published_one(index: int, size: int, path: list[str]) -> None:
    proof = chain.inclusion_proof(LEAVES, index=index, size=size)
    assert [step.hex() for step in proof] == path
    root = bytes.fromhex(ROOTS[size])
    assert chain.verify_inclusion(leaf=LEAVES[index], index=index, size=size, proof=proof, root=root)


@pytest.mark.parametrize(
    ("first", "size", "path"), [(1, 1, []), (1, 8, [B, CD, EH]), (6, 8, [EF, GH, AD]), (2, 5, [CD, E])]
)
def test_the_consistency_proof_is_the_published_one(first: int, size: int, path: list[str]) -> None:
    proof = chain.consistency_proof(LEAVES, first=first, size=size)
    assert [step.hex() for step in proof] == path
    assert chain.verify_consistency(
        first=first, size=size, first_root=bytes.fromhex(ROOTS[first]), root=bytes.fromhex(ROOTS[size]), proof=proof
    )


@given(st.integers(0, 80))
def test_the_frontier_has_the_root_that_the_definition_has_at_every_size(size: int) -> None:
    leaves, frontier = leaves_of(size), chain.Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    assert frontier.root() == root_by_definition(leaves)
    assert frontier.size == size


@given(st.integers(0, 80), st.integers(0, 20))
def test_a_frontier_kept_as_bytes_goes_on_where_it_stopped(before: int, after: int) -> None:
    leaves, frontier = leaves_of(before + after), chain.Frontier()
    for leaf in leaves[:before]:
        frontier.append(leaf)
    again = chain.Frontier.from_bytes(frontier.to_bytes())
    for leaf in leaves[before:]:
        again.append(leaf)
    assert again.root() == chain.root_of(leaves)
    assert len(frontier.to_bytes()) <= 8 + 32 * max(1, before.bit_length())


def test_no_bytes_are_an_empty_frontier() -> None:
    assert chain.Frontier.from_bytes(b"").root() == chain.EMPTY_ROOT
    assert chain.Frontier.from_bytes(chain.Frontier().to_bytes()).size == 0


@pytest.mark.parametrize("stored", [b"x", bytes(7), (3).to_bytes(8, "big") + bytes(32), bytes(8) + bytes(32)])
def test_bytes_that_are_no_frontier_are_refused_with_the_way_to_mend_them(stored: bytes) -> None:
    with pytest.raises(chain.WrongFrontier, match=r"no frontier of a ledger\. Compute it afresh"):
        chain.Frontier.from_bytes(stored)


@given(st.integers(1, 60), st.data())
def test_an_inclusion_proof_holds_for_its_line_and_for_no_other(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    root = chain.root_of(leaves)
    proof = chain.inclusion_proof(iter(leaves), index=index, size=size)
    assert len(proof) <= (size - 1).bit_length()
    assert chain.verify_inclusion(leaf=leaves[index], index=index, size=size, proof=proof, root=root)
    other = data.draw(st.integers(-1, size).filter(lambda number: number != index))
    assert not chain.verify_inclusion(leaf=leaves[index], index=other, size=size, proof=proof, root=root)
    assert not chain.verify_inclusion(leaf=chain.leaf_hash(b"other"), index=index, size=size, proof=proof, root=root)
    assert not chain.verify_inclusion(leaf=leaves[index], index=index, size=size, proof=[*proof, root], root=root)
    for at in range(len(proof)):
        shorter = proof[:at] + proof[at + 1 :]
        assert not chain.verify_inclusion(leaf=leaves[index], index=index, size=size, proof=shorter, root=root)
        changed = [*proof[:at], bytes(32), *proof[at + 1 :]]
        assert not chain.verify_inclusion(leaf=leaves[index], index=index, size=size, proof=changed, root=root)


@given(st.integers(0, 60), st.data())
def test_a_consistency_proof_holds_for_the_beginning_and_for_no_other_history(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    first = data.draw(st.integers(0, size))
    old, new = chain.root_of(leaves[:first]), chain.root_of(leaves)
    proof = chain.consistency_proof(iter(leaves), first=first, size=size)
    assert chain.verify_consistency(first=first, size=size, first_root=old, root=new, proof=proof)
    other = chain.root_of([*leaves[: max(first - 1, 0)], chain.leaf_hash(b"rewritten")])
    assert not chain.verify_consistency(first=first, size=size, first_root=other, root=new, proof=proof)
    assert not chain.verify_consistency(first=first, size=size, first_root=old, root=new, proof=[*proof, new])
    assert not chain.verify_consistency(first=size + 1, size=size, first_root=old, root=new, proof=proof)
    if first > 0:
        assert not chain.verify_consistency(first=first, size=size, first_root=old, root=bytes(32), proof=proof)
    for at in range(len(proof)):
        changed = [*proof[:at], bytes(32), *proof[at + 1 :]]
        assert not chain.verify_consistency(first=first, size=size, first_root=old, root=new, proof=changed)
        shorter = proof[:at] + proof[at + 1 :]
        assert not chain.verify_consistency(first=first, size=size, first_root=old, root=new, proof=shorter)


def test_a_proof_for_a_line_that_is_not_there_is_refused() -> None:
    for index, size in ((-1, 3), (3, 3), (0, 0)):
        with pytest.raises(chain.NoSuchProof, match="has no line"):
            chain.inclusion_proof(leaves_of(3), index=index, size=size)
    with pytest.raises(chain.NoSuchProof, match="fewer than 9 leaves"):
        chain.inclusion_proof(leaves_of(3), index=0, size=9)
    with pytest.raises(chain.NoSuchProof, match="never began with 4"):
        chain.consistency_proof(leaves_of(3), first=4, size=3)
