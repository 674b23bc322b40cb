"""The page on the life of a duty is the table of moves, written out; it is made again, never edited."""

from __future__ import annotations

from pathlib import Path

from passerelle.duty import ENDED, KINDS, LIVE, MOVES, STATES

PAGE = Path(__file__).parents[2] / "docs" / "duty.md"


def _named(states: tuple[str, ...]) -> str:
    return ", ".join(f"`{state}` ({STATES[state]})" for state in states)


def the_page() -> str:
    """docs/duty.md as the table of moves gives it."""
    lines = [
        "# The life of a duty",
        "",
        "Made from `passerelle.duty.MOVES` by `python -m tests.house.test_duty_page`; a test compares them.",
        "",
        f"Kinds: {', '.join(f'`{kind}` ({words})' for kind, words in KINDS.items())}.",
        "",
        f"Live states, each with one holder, a due time and a next event: {_named(LIVE)}.",
        f"Ends: {_named(ENDED)}. Late and escalated are read off the clock and the rung.",
        "",
        "| move | kinds | from | to | what it says |",
        "|---|---|---|---|---|",
    ]
    for move in MOVES:
        kinds = "any" if move.kinds == tuple(KINDS) else ", ".join(move.kinds)
        lines.append(
            f"| {move.name} | {kinds} | {', '.join(move.sources)} | {move.target or 'the same'} | {move.says} |"
        )
    lines += ["", "```mermaid", "stateDiagram-v2", "    [*] --> open: raise"]
    drawn = {(source, move.target, move.name) for move in MOVES for source in move.sources if move.target}
    lines += [f"    {source} --> {target}: {name}" for source, target, name in sorted(drawn)]
    lines += [f"    {state} --> [*]" for state in ENDED]
    return "\n".join([*lines, "```", ""])


def test_the_page_on_duties_is_the_table_of_moves() -> None:
    assert PAGE.read_text(encoding="utf-8") == the_page(), "Run: python -m tests.house.test_duty_page"


def test_every_live_state_can_end_and_no_ended_state_can_move() -> None:
    for kind in KINDS:
        reachable, frontier = set(), {"open"}
        while frontier:
            reachable |= frontier
            frontier = {
                m.target or s for s in frontier for m in MOVES if kind in m.kinds and s in m.sources
            } - reachable
        assert reachable & set(ENDED), f"a duty to {kind} can never end"
    assert not {source for move in MOVES for source in move.sources} & set(ENDED)


if __name__ == "__main__":
    PAGE.write_text(the_page(), encoding="utf-8")
