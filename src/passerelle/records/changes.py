"""What changed between two things that travelled, field by field, in what their reader may see of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

PLAIN = ("text", "language", "grade", "assessment", "handling_note", "themes", "learnt_on", "unsure")
"""Fields that are told as they were and as they are."""


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of {field, of, before, after}; `of` names the subject where a field is a subject's. Empty: nothing changed.

    Both are contents of deliveries (`records.extracts`), so no row says more than its reader had or gets.
    """
    found = [
        {"field": name, "of": "", "before": before.get(name, ""), "after": after.get(name, "")}
        for name in PLAIN
        if before.get(name, "") != after.get(name, "")
    ]
    found += _subjects(before, after)
    ties, now = (sorted(map(list, one.get("relations", ()))) for one in (before, after))
    if ties != now:
        found.append({"field": "relations", "of": "", "before": _said(ties, before), "after": _said(now, after)})
    if before.get("blacked_out", 0) != after.get("blacked_out", 0):
        found.append(
            {"field": "blacked_out", "of": "", "before": before.get("blacked_out", 0),
             "after": after.get("blacked_out", 0)}
        )  # fmt: skip
    if sorted(before.get("yours", ())) != sorted(after.get("yours", ())):
        found.append({"field": "yours", "of": "", "before": "", "after": ""})
    return found


def _subjects(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    old = {subject["ref"]: subject for subject in before.get("subjects", ())}
    new = {subject["ref"]: subject for subject in after.get("subjects", ())}
    for ref in [*old, *(ref for ref in new if ref not in old)]:
        was, is_ = old.get(ref), new.get(ref)
        if was is None or is_ is None:
            kind = "subject_gone" if is_ is None else "subject_new"
            yield {
                "field": kind, "of": (was or is_ or {}).get("caption", ""),
                "before": was["caption"] if was else "", "after": is_["caption"] if is_ else "",
            }  # fmt: skip
            continue
        for name in ("schema", "category", "caption"):
            if was[name] != is_[name]:
                yield {"field": name, "of": is_["caption"], "before": was[name], "after": is_[name]}
        for name in sorted({*was["properties"], *is_["properties"]}):
            left, right = was["properties"].get(name, []), is_["properties"].get(name, [])
            if sorted(map(str, left)) != sorted(map(str, right)):
                yield {"field": name, "of": is_["caption"], "before": list(left), "after": list(right)}


def _said(ties: list[list[Any]], content: Mapping[str, Any]) -> list[list[str]]:
    names = {subject["ref"]: subject["caption"] for subject in content.get("subjects", ())}
    return [[names.get(source, ""), kind, names.get(target, "")] for source, kind, target in ties]
