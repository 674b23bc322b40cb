"""The row on the UN list against the OFAC list: primary names, birth date and nationality, and all that is said."""

from __future__ import annotations

from benchmarks import listed, names_data
from benchmarks.bench import BAR, HALVES, Bench, best_string, f1, f1_best
from benchmarks.measures import OURS, WHOLE, Figures
from benchmarks.peers import LOGIC, METAPHONE, STRINGS, UNSTABLE, Peers, PeersFailed
from passerelle.matching import compare

Pairs = list[tuple[str, str]]
NEAREST = 20


def figures(bench: Bench, key: str) -> Figures:
    """F1 and recall of us and the peers, on one pool of pairs."""
    data = names_data.folder(bench.data)
    whole, ofac = listed.both(data)
    links = listed.links(data)
    un = {number: entity for number, entity in whole.items() if any(number == one for one, _ in links)}
    found = Figures()
    for full in (False, True):
        left, right = (
            given if full else {number: listed.only(one, listed.PRIMARY, primary=True) for number, one in given.items()}
            for given in (un, ofac)
        )
        ours, theirs = listed.subjects(left), listed.subjects(right)
        index = listed.index_of(theirs)
        blocked = {(one, two) for one, subject in ours.items() for two in listed.near(subject, index)}
        pool = pooled(bench.peers, left, right, blocked | set(links))
        scores = {OURS: [compare(ours[one], theirs[two]).score if (one, two) in blocked else 0.0 for one, two in pool]}
        if bench.peers is not None:
            asked = (LOGIC, UNSTABLE) if full else (LOGIC, UNSTABLE, *STRINGS, METAPHONE)
            given = bench.peers.scores(asked, [(left[one], right[two]) for one, two in pool])
            for name in (*STRINGS, METAPHONE):
                if name in given:
                    given[name] = [
                        0.0 if contradicts(left[one], right[two]) else score
                        for (one, two), score in zip(pool, given[name], strict=True)
                    ]
            scores |= given
            if not full:
                splink(bench.peers, found, whole, right, links)
        put(found, pool, links, scores, full=full)
        lost = len(set(links) - blocked)
        what = "all that the lists say" if full else "primary names"
        found.notes.append(f"{what}: {len(pool)} pairs scored; our keys lose {lost} of {len(links)} links.")
    found.notes.append(
        "String distances: names alone, and no pair whose years of birth differ by more than one; their bar is the "
        "best one, "
        "for 0.7 means nothing to them."
    )
    bench.note_missing(found, (LOGIC, UNSTABLE, "splink", "string distance", "metaphone"))
    return found


def pooled(peers: Peers | None, left: dict, right: dict, pairs: set[tuple[str, str]]) -> Pairs:
    """The pairs all are asked about: ours, the true ones, and the nearest of the whole list by two string distances."""
    if peers is not None:
        numbers, asked = list(right), list(left)
        ranks = peers.ranks(("token-set", "jaro-winkler"), list(right.values()), list(left.values()), NEAREST)
        for near in ranks.values():
            pairs |= {(one, numbers[place]) for one, places in zip(asked, near, strict=True) for place, _ in places}
    return sorted(pairs)


def contradicts(left: listed.Entity, right: listed.Entity) -> bool:
    """Whether both say when they were born, and no two years are within one of each other."""
    years = [
        {int(text[:4]) for text in side["properties"].get("birthDate", ()) if text[:4].isdigit()}
        for side in (left, right)
    ]
    return all(years) and not any(abs(one - two) <= 1 for one in years[0] for two in years[1])


def put(found: Figures, pool: Pairs, links: dict, scores: dict[str, list[float]], *, full: bool) -> None:
    """The figures of everybody on one pool."""
    same = [pair in links for pair in pool]
    strict = [links.get(pair, False) for pair in pool]
    strings = best_string(lambda name: f1_best(scores[name], same)[0], scores)
    for column, name in (
        (OURS, OURS),
        (LOGIC, LOGIC),
        (UNSTABLE, UNSTABLE),
        ("string distance", strings),
        (METAPHONE,) * 2,
    ):
        if name is None or name not in scores:
            continue
        mine = scores[name]
        best, best_bar = f1_best(mine, same)
        plain = column in ("string distance", METAPHONE)
        bar = best_bar if plain else BAR
        said = f"{name}, at {best_bar:.2f}" if plain else ""
        if full:
            found.put("f1_all", column, WHOLE, f1(mine, same, bar), len(links), said)
            continue
        found.put("f1", column, WHOLE, f1(mine, same, bar), len(links), said)
        found.put("f1_best", column, WHOLE, best, len(links), said or f"at {best_bar:.2f}")
        hits = [score >= bar for score, one in zip(mine, strict, strict=True) if one]
        found.put("strict", column, WHOLE, sum(hits) / len(hits), len(hits), said)
    if not full:
        for which, half in enumerate(HALVES):
            inside = [at for at, (one, _) in enumerate(pool) if names_data.half(one) == which]
            value = f1([scores[OURS][at] for at in inside], [same[at] for at in inside], BAR)
            found.notes.append(f"Ours, primary names, {half} by the UN's number: F1 {value:.4f}.")


def splink(peers: Peers, found: Figures, left: dict, right: dict, links: dict) -> None:
    """Splink on the same two lists: it learns from all persons, and is judged on those with a known link."""

    def told(given: dict) -> list[dict]:
        return [
            {
                "id": number,
                "name": " ".join("".join(sign if sign.isalnum() else " " for sign in name.lower()).split()),
                "born": list(one["properties"].get("birthDate", ())),
                "country": next(iter(one["properties"].get("nationality", ())), None),
            }
            for number, one in given.items()
            for name in one["properties"]["name"][:1]
        ]

    try:
        answer = peers.run("peers_splink.py", (), {"left": told(left), "right": told(right)})
    except PeersFailed as failed:
        peers.faults.append(f"splink: {failed}")
        return
    known = {one for one, _ in links}
    scored = {(one, two): score for one, two, score in answer["pairs"] if one in known}
    pairs = sorted(set(scored) | set(links))
    mine, same = [scored.get(pair, 0.0) for pair in pairs], [pair in links for pair in pairs]
    best, bar = f1_best(mine, same)
    found.put("f1", "splink", WHOLE, f1(mine, same, BAR), len(links))
    found.put("f1_best", "splink", WHOLE, best, len(links), f"at {bar:.2f}")
    hits = [scored.get(pair, 0.0) >= BAR for pair, one in links.items() if one]
    found.put("strict", "splink", WHOLE, sum(hits) / len(hits), len(hits))
