"""The Merkle tree over the lines of the ledger, as RFC 6962 and RFC 9162 define it: roots and proofs, from leaf hashes.

Wherever `leaves` is asked for, it is the hashes from `leaf_hash`, in order; any iterable does, and is read once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from passerelle.errors import Refused
from passerelle.words import sentence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""


class WrongFrontier(Refused):
    """Stored bytes that are no frontier."""

    code = "ledger.wrong_frontier"


class NoSuchProof(Refused):
    """A proof was asked for a line or a size that the tree does not have."""

    code = "ledger.no_such_proof"


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one line: SHA-256 of 0x00 and the entry (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees: SHA-256 of 0x01, left and right (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of the tree: all that is needed to add a leaf and to know the root.

    One hash for each perfect subtree, largest first: at most 64 for any ledger.
    """

    __slots__ = ("_peaks", "_size")

    def __init__(self) -> None:
        self._size = 0
        self._peaks: list[bytes] = []

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self._size

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash; on average one more hash is computed, at most as many as the tree is high."""
        assert len(leaf) == HASH_BYTES, "a leaf is a hash of 32 bytes, from leaf_hash"
        carried, filled = leaf, self._size
        while filled & 1:
            carried = hashlib.sha256(b"\x01" + self._peaks.pop() + carried).digest()
            filled >>= 1
        self._peaks.append(carried)
        self._size += 1

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root

    def to_bytes(self) -> bytes:
        """Eight bytes of size, then the hashes, largest subtree first."""
        return self._size.to_bytes(8, "big") + b"".join(self._peaks)

    @classmethod
    def from_bytes(cls, stored: bytes) -> Frontier:
        """Back from `to_bytes`; no bytes at all are an empty tree. Raises WrongFrontier."""
        frontier = cls()
        if not stored:
            return frontier
        size, hashes = int.from_bytes(stored[:8], "big"), stored[8:]
        if len(stored) < 8 or len(hashes) != HASH_BYTES * size.bit_count():
            raise WrongFrontier(
                sentence("{count} bytes are no frontier of a ledger.", count=len(stored)),
                way_out=sentence("Compute it afresh from the lines of the ledger."),
            )
        frontier._size = size
        frontier._peaks = [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]
        return frontier


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over `leaves`."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def inclusion_proof(leaves: Iterable[bytes], *, index: int, size: int) -> list[bytes]:
    """The audit path of leaf `index` in the tree of the first `size` leaves (RFC 6962, 2.1.1).

    Raises NoSuchProof unless 0 <= index < size and there are that many leaves.
    """
    if not 0 <= index < size:
        raise NoSuchProof(sentence("A ledger of {size} lines has no line {index}.", size=size, index=index))
    ranges, low, high = [], 0, size
    while high - low > 1:
        split = low + _largest_power_below(high - low)
        if index < split:
            ranges.append((split, high))
            high = split
        else:
            ranges.append((low, split))
            low = split
    return _roots(leaves, ranges[::-1], size)


def inclusion_proofs(leaves: Iterable[bytes], *, indexes: Sequence[int], size: int) -> list[list[bytes]]:
    """The audit paths of many leaves of one tree, in the order asked: as `inclusion_proof` gives each, from one pass.

    Holds the tree, 64 bytes a leaf: 64 MB for a million. Raises NoSuchProof.
    """
    wrong = next((index for index in indexes if not 0 <= index < size), None)
    if wrong is not None:
        raise NoSuchProof(sentence("A ledger of {size} lines has no line {index}.", size=size, index=wrong))
    level = b"".join(_take(iter(leaves), size, size))
    paths: list[list[bytes]] = [[] for _ in indexes]
    places = list(indexes)
    while len(level) > HASH_BYTES:
        for number, place in enumerate(places):
            beside = (place ^ 1) * HASH_BYTES
            if beside < len(level):  # the last of an odd level has nobody beside it and goes up as it is
                paths[number].append(level[beside : beside + HASH_BYTES])
            places[number] = place >> 1
        whole = len(level) - len(level) % (2 * HASH_BYTES)
        above = [
            hashlib.sha256(b"\x01" + level[at : at + 2 * HASH_BYTES]).digest()
            for at in range(0, whole, 2 * HASH_BYTES)
        ]
        level = b"".join([*above, level[whole:]])
    return paths


def verify_inclusion(*, leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> bool:
    """Does `proof` show that `leaf` stands at `index` of the `size` leaves under this root? (RFC 9162, 2.1.3.2)"""
    if not 0 <= index < size:
        return False
    node, last, computed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            computed = node_hash(sibling, computed)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            computed = node_hash(computed, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and computed == root


def consistency_proof(leaves: Iterable[bytes], *, first: int, size: int) -> list[bytes]:
    """The proof that the tree of the first `first` leaves is the beginning of that of `size` (RFC 6962, 2.1.2).

    Raises NoSuchProof unless 0 <= first <= size and there are that many leaves.
    """
    if not 0 <= first <= size:
        raise NoSuchProof(sentence("A ledger of {size} lines never began with {first}.", size=size, first=first))
    if first in (0, size):
        return []
    return _roots(leaves, _consistency_ranges(first, size), size)


def consistency_proof_after(frontier: Frontier, later: Iterable[bytes], *, size: int) -> list[bytes]:
    """As `consistency_proof` from the size of `frontier`, reading only the leaf hashes that came after it.

    What such a proof takes from before are peaks of the old frontier. Raises NoSuchProof.
    """
    first = frontier.size
    if not 0 <= first <= size:
        raise NoSuchProof(sentence("A ledger of {size} lines never began with {first}.", size=size, first=first))
    if first in (0, size):
        return []
    ranges = _consistency_ranges(first, size)
    peaks, at = {}, 0
    for place, peak in zip(reversed(range(first.bit_length())), _spread(frontier, first), strict=True):
        if peak is not None:
            peaks[at, at + (1 << place)] = peak
            at += 1 << place
    moved = [(low - first, high - first) for low, high in ranges if (low, high) not in peaks]
    found = dict(zip(moved, _roots(later, moved, size - first), strict=True))
    return [peaks.get(span) or found[span[0] - first, span[1] - first] for span in ranges]


def verify_consistency(*, first: int, size: int, first_root: bytes, root: bytes, proof: list[bytes]) -> bool:
    """Does `proof` show that the tree of `size` leaves begins with that of `first`? (RFC 9162, 2.1.4.2)

    An empty tree is the beginning of any, with an empty proof.
    """
    if not 0 <= first <= size:
        return False
    if first == 0:
        return not proof and first_root == EMPTY_ROOT and (size > 0 or root == EMPTY_ROOT)
    if first == size:
        return not proof and first_root == root
    path = list(proof)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    if not path:
        return False
    node, last = first - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, step)
        node, last = node >> 1, last >> 1
    return last == 0 and old == first_root and new == root


def _consistency_ranges(first: int, size: int) -> list[tuple[int, int]]:
    """Which ranges of leaves a proof of consistency is made of, in its order (RFC 6962, 2.1.2)."""
    ranges, low, high, whole = [], 0, size, True
    while first != high:
        split = low + _largest_power_below(high - low)
        if first <= split:
            ranges.append((split, high))
            high = split
        else:
            ranges.append((low, split))
            low, whole = split, False
    if not whole:
        ranges.append((low, high))
    return ranges[::-1]


def _spread(frontier: Frontier, size: int) -> Iterator[bytes | None]:
    """For each bit of the size, from the largest: the peak of that many leaves, or none."""
    peaks = iter(frontier._peaks)
    for place in reversed(range(size.bit_length())):
        yield next(peaks) if size >> place & 1 else None


def _largest_power_below(count: int) -> int:
    """The largest power of two that is smaller than `count` (at least 2)."""
    return 1 << (count - 1).bit_length() - 1


def _roots(leaves: Iterable[bytes], ranges: list[tuple[int, int]], size: int) -> list[bytes]:
    """The root of each range of leaves, in the order given; ranges do not overlap. Reads the leaves once."""
    found: dict[tuple[int, int], bytes] = {}
    source, at = iter(leaves), 0
    for low, high in sorted(ranges):
        _take(source, low - at, size)
        frontier = Frontier()
        for leaf in _take(source, high - low, size):
            frontier.append(leaf)
        found[low, high], at = frontier.root(), high
    _take(source, size - at, size)
    return [found[span] for span in ranges]


def _take(source: Iterator[bytes], count: int, size: int) -> list[bytes]:
    taken = []
    for _ in range(count):
        leaf = next(source, None)
        if leaf is None:
            raise NoSuchProof(sentence("There are fewer than {size} leaves.", size=size))
        taken.append(leaf)
    return taken
