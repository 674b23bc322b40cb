"""Plays one variant of a chronicle through the real verbs, on a clock that is told, and reads off what came of it."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from passerelle import conf
from passerelle.cli.installation import make_keys, write_settings
from passerelle.cli.opening import open_installation
from passerelle.errors import Refused
from passerelle.policy import ladder
from passerelle.replay.chronicle import Chronicle, ChronicleFaulty, Line, read
from passerelle.replay.lessons import Played, Telling, Told, Tried
from passerelle.words import Sentence, sentence

ROLES_SEATED = ("officer", "desk", "supervisor", "head")
"""Each service of a chronicle has one seat of each, named for its role: no person of the record is seated."""

IDLE = timedelta(days=30)
"""Between two moments at which something falls due the worker has nothing to do: months of a record pass in seconds."""

NEUTRAL, OVERSIGHT = "neutral-desk", "oversight"


def place(name: str) -> str:
    """The sign that stands in a played sentence for a name that each language says in its own way: `⟦zone-a⟧`."""
    return f"⟦{name}⟧"


def make_stage(folder: str) -> None:
    """An empty installation, to be copied for each variant. Needs a process of its own."""
    here = Path(folder)
    write_settings(here / conf.FILE_NAME, demonstration=True)
    make_keys(here)
    open_installation(here, migrate=True)
    from django.db import connections

    connections.close_all()


def played_on(stage: str, path: str, variant: str) -> Played:
    """One variant of the chronicle at `path`, on a copy of an empty installation that goes away again. Needs a process
    of its own. Raises ChronicleFaulty where a line cannot be played as it is written."""
    with tempfile.TemporaryDirectory(prefix="passerelle-chronicle-") as folder:
        here = Path(folder)
        shutil.copytree(stage, here, dirs_exist_ok=True)
        open_installation(here)
        from django.conf import settings

        case = read(Path(path))
        _set_bar(next(one for one in case.variants if one.id == variant).bar)
        settings.TIME_ZONE = str(case.zone)  # moments in sentences are said at the place of the record
        found = _Play(case, variant).whole()
        from django.db import connections

        connections.close_all()
        return found


def _set_bar(bar: float) -> None:
    """From which score on a match is possible in this process, which plays one variant and ends."""
    from passerelle.matching.evidence.finding import weights

    bars = weights()["bars"]
    bars["possible"], bars["strong"] = bar, max(bars["strong"], bar)


class _Play:
    """The stage of one variant: its cast, its clock, and what was tried on it."""

    def __init__(self, chronicle: Chronicle, variant: str) -> None:
        from passerelle.cli.demonstration.acts import Cast
        from passerelle.cli.demonstration.play import Stage
        from passerelle.cli.demonstration.story import Teller

        self.chronicle = chronicle
        self.handling = next(one for one in chronicle.variants if one.id == variant).handling
        self.variant = variant
        self.cast = Cast()
        self.stage = Stage(chronicle.ends, Teller(), None, IDLE, skipped=("remind",))
        self.tried: list[Tried] = []

    def whole(self) -> Played:
        """From the first line to the end of the record, then what stands in the tables."""
        self._services(self.chronicle.begins - timedelta(hours=1))
        for line in self.chronicle.lines:
            for kind, row in line.plays:
                at = max(line.at + timedelta(minutes=int(row.get("after_minutes", 0))), self.stage.clock or line.at)
                self.stage.worker_until(at)
                self._do(line, kind, row, at)
                self.stage.worker(min(at + timedelta(seconds=20), self.chronicle.ends))
        self.stage.worker_until(self.chronicle.ends)
        self.stage.worker(self.chronicle.ends)
        return self._read_off()

    def _services(self, at: datetime) -> None:
        from passerelle.flow import seats

        members = [(one.key, one.kind, one.languages, one.territories, one.themes) for one in self.chronicle.services]
        kinds = {kind for _, kind, *_ in members}
        for key, kind in ((NEUTRAL, "neutral_desk"), (OVERSIGHT, "oversight")):
            if kind not in kinds:
                members.append((key, kind, ("nl", "fr", "de", "en"), (), ()))
        for key, kind, languages, territories, themes in members:
            service = seats.add_service(
                key=key, name=place(key), kind=kind, languages=languages, territories=territories, themes=themes, now=at
            )
            self.cast.services[key] = service
            for role in ("oversight",) if kind == "oversight" else ROLES_SEATED:
                officer = seats.seat_officer(
                    username=f"{key}.{role}", name=place(f"role:{role}"), service=service, role=role,
                    language=languages[0], languages_read=languages, now=at,
                )  # fmt: skip
                self.cast.officers[officer.username] = officer

    def _do(self, line: Line, kind: str, row: Mapping[str, Any], at: datetime) -> None:
        from passerelle.cli.demonstration.acts import NothingToDo

        try:
            self._act(kind, row, at)
        except NothingToDo as missing:
            self._is_as_written(line, row, missing=str(missing))
            return
        except (KeyError, ValueError, StopIteration) as wrong:
            raise self._fault(line, f"{kind}: {type(wrong).__name__}: {wrong}") from wrong
        except Refused as refused:
            if kind in ("dossier", "more", "watch", "rule", "report", "away"):
                raise self._fault(line, str(refused)) from refused
            said = (refused.sentence,) if refused.way_out is None else (refused.sentence, refused.way_out)
            self._tried(line, kind, row, at, said)
            return
        self.stage.tell()
        if kind not in ("dossier", "more", "watch", "rule", "report", "away"):
            self._tried(line, kind, row, at, ())

    def _act(self, kind: str, row: Mapping[str, Any], at: datetime) -> None:
        from passerelle.cli.demonstration import acts, script
        from passerelle.flow import receive, seats

        service = self.cast.services.get(str(row.get("service", "")))
        if kind == "report":
            assert service is not None
            strict = self.handling.get(str(row["id"]), row.get("handling", "open"))
            said = {
                "grade": "X4", "learnt": 0, "handling_review": 30,
                "handling_reason": "as the chronicle says it was handled", **row, "handling": strict,
            }  # fmt: skip
            self.cast.records[row["id"]] = receive.file_report(
                service=service, author=self.cast.officers[f"{service.key}.officer"],
                draft=script.report_draft(said, at), now=at,
            )  # fmt: skip
        elif kind == "more":
            subjects, relations = script.subject_drafts(row["subjects"])
            dossier = self.cast.records[row["dossier"]]
            receive.add_subjects(
                dossier=dossier, officer=self._seat(dossier.service.key, row), subjects=subjects,
                relations=relations, now=at,
            )  # fmt: skip
        elif kind == "away":
            assert service is not None
            officer = self.cast.officers[f"{service.key}.{row['role']}"]
            seats.go_away(officer=officer, until=at + timedelta(days=float(row["days"])), by=None, now=at)
        else:
            defaults = {
                "purpose": "investigation", "legal_basis": place("said:legal_basis"), "until_days": 3650,
                "title": row.get("id", ""),
            }  # fmt: skip
            more = (
                {"officer": f"{row['service']}.desk", "approved_by": f"{row['service']}.supervisor"} if service else {}
            )
            who = {"who": f"{row['who']}.{row.get('role', 'desk')}"} if "who" in row else {}
            language = {"language": service.languages[0]} if service else {}
            acts.DOES[kind](self.cast, {**defaults, **language, **more, **row, **who}, at)

    def _seat(self, key: str, row: Mapping[str, Any]) -> Any:
        return self.cast.officers[f"{key}.{row.get('role', 'desk')}"]

    def _tried(
        self, line: Line, kind: str, row: Mapping[str, Any], at: datetime, refused: tuple[Sentence, ...]
    ) -> None:
        self._is_as_written(line, row, refused=bool(refused))
        self.tried.append(Tried(at, line.number, str(row.get("report", "")), kind, str(row.get("who", "")), refused))

    def _is_as_written(self, line: Line, row: Mapping[str, Any], *, refused: bool = False, missing: str = "") -> None:
        """A line may say whether its act is refused, or finds nothing to act on; a variant may change that."""
        expected = row.get("refused", "any") if self.variant == self.chronicle.variants[0].id else "any"
        if missing and expected not in ("any", "nothing"):
            raise self._fault(line, missing)
        if not missing and expected not in ("any", refused):
            raise self._fault(line, f"it says refused: {expected}, and it was {'refused' if refused else 'done'}")

    def _fault(self, line: Line, error: str) -> ChronicleFaulty:
        return ChronicleFaulty(
            sentence("{file}: line {number} cannot be played: {error}.",
                     file=f"{self.chronicle.path}:{line.row}", number=line.number, error=error.rstrip(".")),
            way_out=sentence("Mend “plays” of that line; docs/how-to/chronicles.md says what each kind needs."),
        )  # fmt: skip

    def _read_off(self) -> Played:
        from passerelle.cli.demonstration import story
        from passerelle.flow import ledger_lines
        from passerelle.records.models import Delivery, Duty, Report

        ids = {record.ref: name for name, record in self.cast.records.items() if isinstance(record, Report)}
        lines = [json.loads(entry) for entry in ledger_lines.entries()]
        climbed = [line for line in lines if line["facts"].get("move") == "escalate"]
        climbs = Counter(str(line["facts"]["duty"]) for line in climbed)
        overseen = next((line["at"] for line in climbed if line["facts"]["level"] == ladder.TOP), None)
        tellings = []
        for duty in (
            Duty.objects.filter(kind__in=("pass_on", "judge"))
            .select_related("report", "recipient", "holder", "service", "match__left__report", "match__right__report")
            .order_by("raised_at", "id")
        ):
            report = duty.report or (
                (duty.match.left.report or duty.match.right.report) if duty.match is not None else None
            )
            if report is None or report.ref not in ids:
                continue
            sent = Delivery.objects.filter(report=report, recipient=duty.recipient).order_by("delivered_at", "id")
            tellings.append(
                Telling(
                    kind=duty.kind, report=ids[report.ref], to=duty.recipient.key if duty.recipient else "",
                    holder=duty.service.key, owed=duty.raised_at, due=duty.due_at or duty.raised_at,
                    because=tuple(one for one in map(Sentence.from_json, duty.because) if not ladder.is_climb(one)),
                    deadline=story.deadline_sentence(duty.deadline),
                    told=tuple((one.delivered_at, one.form) for one in sent if one.delivered_at is not None),
                    climbed=climbs[duty.ref], state=duty.state,
                )
            )  # fmt: skip
        told = [
            Told(line.at, line.event, line.says, line.because, frozenset(ids[one] for one in line.about if one in ids))
            for line in self.stage.story
            if line.event not in ("joined", "reminded")
        ]
        forms = Counter(Delivery.objects.values_list("form", flat=True))
        counts = {
            "duties": Duty.objects.count(), "deliveries": sum(forms.values()), "whole": forms["whole"],
            "extract": forms["extract"], "pointer": forms["pointer"], "climbs": sum(climbs.values()),
            "live": Duty.objects.filter(ended_at__isnull=True).count(),
        }  # fmt: skip
        return Played(
            self.variant, tuple(tellings), tuple(self.tried), tuple(told), counts,
            datetime.fromisoformat(overseen) if overseen else None,
        )  # fmt: skip
