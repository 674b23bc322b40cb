"""Measures what the box finds in written reports, by kind: `python -m benchmarks.mentions`, `--json`, `--show`."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click

from benchmarks.rows import mentions as row


@click.command()
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
@click.option("--half", type=click.Choice(list(row.HALVES)), default="open", help="Which half of the reports.")
@click.option("--folder", type=click.Path(path_type=Path, exists=True), default=row.FOLDER, help="Where they stand.")
@click.option("--show", is_flag=True, help="Each mention and relation that was missed (-) or is wrong (+).")
def main(as_json: bool, half: str, folder: Path, show: bool) -> None:
    """Precision and recall of mentions and relations by kind, and the languages recognised.

    A mention counts when kind and words are right (articles at its beginning and brackets around it aside). A relation
    counts when it is proposed ticked, and both its ends are right. What a careful reader may mark or not counts neither
    way. Next: `python -m benchmarks.one mentions --json` makes the row of docs/benchmarks.md.
    """
    begun = time.process_time()
    mentions, relations, languages = row.counted(folder, half)
    reports = row.reports(folder, half)
    lines: list[dict[str, Any]] = []
    for count, kinds in ((mentions, row.KINDS), (relations, row.RELATIONS)):
        for name, of in (*((kind, (kind,)) for kind in kinds), ("all", kinds)):
            lines.append(
                {
                    "of": "relations" if count is relations else "mentions",
                    "kind": name,
                    "cases": count.cases(of),
                    "precision": round(count.precision(of), 3),
                    "recall": round(count.recall(of), 3),
                    "wrong": sum(count.wrong[k] for k in of),
                    "missed": sum(count.missed[k] for k in of),
                }
            )
    if as_json:
        seconds = round(time.process_time() - begun, 2)
        click.echo(json.dumps({"reports": len(reports), "figures": lines, "languages_wrong": len(languages),
                               "processor_seconds": seconds}))  # fmt: skip
        return
    click.echo(f"{len(reports)} reports ({half}); language taken for another: {len(languages)}")
    for line in lines:
        click.echo(
            f"{line['of']:10} {line['kind']:15} precision {line['precision']:.3f}  recall {line['recall']:.3f}  "
            f"cases {line['cases']:4}  wrong {line['wrong']:3}  missed {line['missed']:3}"
        )
    if show:
        for example in (
            *mentions.examples,
            *relations.examples,
            *(f"language {a} taken for {b}" for a, b, _ in languages),
        ):
            click.echo(example)


if __name__ == "__main__":
    main()
