"""The API: who is let in, what each verb answers, how refusals are said, and that a repeated command counts once."""

from __future__ import annotations

import gzip
import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from passerelle.flow import decide, ledger_lines, work
from passerelle.records.models import Delivery, Dossier, Duty, Match, Notice, Proposal, Reading, Report
from passerelle.testing import makers
from passerelle.testing.client import Refused
from tests.doors.machines import machine, status, through_django
from tests.doors.test_two_worlds import shape

pytestmark = pytest.mark.django_db

KNOWN = makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"])
REPORT: dict[str, Any] = {
    "text": "Ferdinand Oosterlynck was er.", "language": "nl",
    "subjects": [
        {"id": "p", "schema": "Person", "category": "suspect",
         "properties": {"name": ["Ferdinand Oosterlynck"], "birthDate": ["1971-05-03"]}},
        {"id": "a", "schema": "Address", "properties": {"full": ["Stationsstraat 1, Mechelen"]}},
    ],
    "relations": [{"source": "p", "kind": "lives_at", "target": "a"}],
}  # fmt: skip
STRICT = {"handling_reason": "the source could be recognised", "handling_review_on": "2099-01-01"}
PURPOSE = {"purpose": "my_case", "reason": "file 2026/12"}


def now() -> datetime:
    return datetime.now(tz=UTC)


def compared() -> None:
    work.work_until_done(now=now())


@pytest.fixture
def asked_for(exchange: dict[str, Any]) -> dict[str, Any]:
    """A dossier of federal on the person whom noord reports."""
    makers.dossier(exchange["federal"], KNOWN, until=(now() + timedelta(days=90)).date())
    return exchange


def test_a_report_filed_by_a_machine_is_delivered_read_acknowledged_and_told_back(asked_for: dict[str, Any]) -> None:
    noord, federal = machine(asked_for["noord"]), machine(asked_for["federal"])
    filed = noord.do("/reports", REPORT)
    assert filed["known_at"] and not filed["repeated"]
    compared()
    (owed,) = federal.rows("/duties", kind="acknowledge")
    lines = ledger_lines.head()[0]
    got = federal.read(owed["delivery"])
    assert got["content"]["text"] == REPORT["text"] and got["duty"] == owed["ref"]
    assert ledger_lines.head()[0] == lines + 2, "it was read, and its evidence climbed to opened"
    assert Reading.objects.filter(thing=owed["delivery"], purpose="my_duty").exists()
    assert federal.do(f"/duties/{owed['ref']}/acknowledge", {"outcome": "acted_upon"})["ref"] == owed["ref"]
    assert not list(federal.rows("/duties"))
    told = [line["says"] for line in noord.rows("/notices") if line["kind"] == "used"]
    assert told == ["Your report was used by Federal: they acted on it, for the investigation of offences"]
    assert Notice.objects.get(kind="used").officer is None, "what came of it is told to the desk, where a person sits"
    assert [line["evidence"] for line in noord.rows("/deliveries", part="sent")] == ["acted_upon"]


def test_a_desk_decides_by_machine_pass_on_withhold_review_hold_assign_and_recall(asked_for: dict[str, Any]) -> None:
    noord = machine(asked_for["noord"])
    refs = []
    for number in range(3):
        more = {"text": f"{number} Ferdinand Oosterlynck was er.", "handling": "consent", **STRICT}
        refs.append(noord.do("/reports", {**REPORT, **more})["ref"])
    compared()
    duties = {report: Duty.objects.get(report__ref=report, kind="pass_on").ref for report in refs}
    first, second, third = (duties[ref] for ref in refs)
    shown = noord.ask("GET", f"/duties/{first}")
    assert {"pass_on", "withhold", "hold"} <= set(shown["acts"]) and shown["recipient"] == "federal"
    until = (now() + timedelta(hours=3)).isoformat()
    noord.do(f"/duties/{first}/hold", {"until": until, "reason": "we wait for the magistrate"})
    noord.do(f"/duties/{first}/pass-on", {})
    with pytest.raises(Refused) as twice:
        noord.do(f"/duties/{first}/pass-on", {})
    assert twice.value.status == 409 and twice.value.problem["code"] == "duty.illegal_move"
    noord.do(f"/duties/{second}/withhold", {"ground": "g", "reason": "a life would be in danger"})
    review = Duty.objects.get(kind="review").ref
    reviewer = machine(asked_for["noord"], "supervisor")
    reviewer.do(f"/duties/{review}/review", {"uphold": False, "reason": "the danger has passed"})
    assert Duty.objects.get(ref=second).state == "done"
    reviewer.do(f"/duties/{third}/assign", {"officer": makers.seat(asked_for["noord"], "officer").ref})
    assert Duty.objects.get(ref=third).officer == makers.seat(asked_for["noord"], "officer")
    sent = Delivery.objects.get(report__ref=refs[0], form="whole")
    machine(asked_for["federal"]).read(sent.ref)
    noord.do(f"/deliveries/{sent.ref}/recall", {"reason": "the wrong person altogether"})
    federal = machine(asked_for["federal"])
    (destroy,) = federal.rows("/duties", kind="correct")
    federal.do(f"/duties/{destroy['ref']}/destroyed", {})
    assert Duty.objects.get(ref=destroy["ref"]).outcome == "destroyed"


def test_a_match_is_judged_and_taken_back_by_machine(exchange: dict[str, Any]) -> None:
    makers.dossier(exchange["federal"], makers.person("q", "Joesef Hadjeri"))
    makers.report(exchange["noord"], "Youssef Hadjeri was er.", makers.person("q", "Youssef Hadjeri"))
    match = Match.objects.get(duties__kind="judge")
    federal = machine(exchange["federal"])
    (row,) = federal.rows("/duties", kind="judge")
    assert row["match"] == match.ref
    view = federal.read(match.ref)
    assert view["may_judge"] and view["left"]["subject"]["caption"] == "Joesef Hadjeri" and view["because"]
    federal.do(f"/matches/{match.ref}/judge", {"verdict": "same", "reason": "the same address"})
    assert federal.read(match.ref)["judgements"][0]["reason"] == "the same address"
    federal.do(f"/matches/{match.ref}/take-back")
    match.refresh_from_db()
    assert match.verdict == ""
    with pytest.raises(Refused) as nothing:
        federal.do(f"/matches/{match.ref}/take-back")
    assert nothing.value.status == 409


def test_dossiers_and_watches_are_opened_added_to_asked_for_and_ended_by_machine(exchange: dict[str, Any]) -> None:
    noord = machine(exchange["noord"])
    until = (now() + timedelta(days=60)).date().isoformat()
    interest = {"purpose": "investigation", "legal_basis": "Art. 44/1", "until": until}
    opened = noord.do("/dossiers", {"title": "Zaak 12", "language": "nl", **interest, "subjects": REPORT["subjects"]})
    noord.do(f"/dossiers/{opened['ref']}/subjects", {"subjects": [{"id": "z", "schema": "Phone", "properties":
             {"phone": ["+32470000000"]}}]})  # fmt: skip
    view = noord.read(opened["ref"])
    assert view["title"] == "Zaak 12" and len(view["subjects"]) == 3 and view["interest"]["legal_basis"] == "Art. 44/1"
    asked = noord.do("/watches", {**interest, "subjects": REPORT["subjects"]})
    proposal = Proposal.objects.get(ref=asked["ref"])
    assert not list(noord.rows("/watches"))
    decide.review(
        ref=proposal.review.ref, officer=makers.seat(exchange["noord"], "supervisor"), uphold=True,
        reason="the facts that were given", now=now(),
    )  # fmt: skip
    (watch,) = noord.rows("/watches")
    noord.do(f"/watches/{watch['ref']}/end")
    assert not list(noord.rows("/watches"))


def test_rows_of_a_register_are_taken_in_and_the_same_rows_change_nothing(exchange: dict[str, Any]) -> None:
    noord = machine(exchange["noord"])
    rows = "\n".join(
        json.dumps({"id": f"n{number}", "schema": "Person", "properties": {"name": [f"Jan Peeters {number}"]}})
        for number in range(3)
    )
    address = "/registers/list.2026/rows"
    taken = noord.ask("POST", address, (rows + "\n{broken").encode(), content_type="application/x-ndjson")
    assert (taken["read"], taken["added"], taken["refused"]) == (4, 3, 1)
    assert taken["refusals"][0]["row"] == 4 and "breaks off" in taken["refusals"][0]["says"]
    again = noord.ask("POST", address, rows.encode(), content_type="application/x-ndjson")
    assert (again["added"], again["unchanged"]) == (0, 3)
    table = b"id,schema,name,birthDate\nx1,Person,An De Wachter,1980-01-02\n"
    assert noord.ask("POST", "/registers/table/rows", table, content_type="text/csv")["added"] == 1
    with pytest.raises(Refused) as strict:
        noord.ask("POST", "/registers/table/rows", table, content_type="text/csv", handling="sealed")
    assert strict.value.problem["fields"][0]["field"] == "handling"


def test_rows_of_a_register_touch_no_disk_outside_the_database(
    exchange: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not there"))
    with pytest.raises(FileNotFoundError):
        tempfile.mkdtemp()
    rows = b'{"id": "n1", "schema": "Person", "properties": {"name": ["Jan Peeters"]}}'
    for body in (rows, gzip.compress(rows)):
        name = "packed" if body != rows else "plain"
        noord = machine(exchange["noord"])
        taken = noord.ask("POST", f"/registers/{name}/rows", body, content_type="application/x-ndjson")
        assert taken["added"] == 1


def test_a_repeated_command_counts_once_and_answers_alike(exchange: dict[str, Any]) -> None:
    noord = machine(exchange["noord"])
    first = noord.call("POST", "/reports", REPORT, once="report-77")
    second = noord.call("POST", "/reports", REPORT, once="report-77")
    assert (first[0], second[0]) == (201, 200)
    assert json.loads(first[2])["ref"] == json.loads(second[2])["ref"] and json.loads(second[2])["repeated"]
    assert Report.objects.count() == 1
    other, _, body = noord.call("POST", "/reports", {**REPORT, "text": "Iets anders."}, once="report-77")
    problem = json.loads(body)
    assert other == 422 and problem["fields"][0]["field"] == "Idempotency-Key" and problem["remedy"]
    assert machine(exchange["noord"]).do("/reports", REPORT, once="report-77")["repeated"] is False
    assert status(noord, "POST", "/reports", REPORT, once="é") == 422


def test_denied_and_absent_are_one_answer_to_every_operation_on_a_thing(asked_for: dict[str, Any]) -> None:
    noord, stad = machine(asked_for["noord"]), machine(asked_for["stad"])
    filed = noord.do("/reports", REPORT)
    compared()
    there = {
        "reports": filed["ref"], "deliveries": Delivery.objects.get().ref, "matches": Match.objects.get().ref,
        "dossiers": Dossier.objects.get().ref, "duties": Duty.objects.get(kind="acknowledge").ref,
    }  # fmt: skip
    bodies = {
        "read": PURPOSE, "followthemoney": PURPOSE, "judge": {"verdict": "same"}, "recall": {"reason": "a b c d"},
        "subjects": {"subjects": REPORT["subjects"]}, "acknowledge": {"outcome": "noted"}, "versions": REPORT,
        "withhold": {"ground": "g", "reason": "a life is in danger"}, "review": {"uphold": True, "reason": "a b c"},
        "hold": {"until": (now() + timedelta(hours=1)).isoformat(), "reason": "a b c"},
    }  # fmt: skip
    acts = {
        "reports": ("read", "followthemoney", "versions"), "deliveries": ("read", "followthemoney", "recall"),
        "matches": ("read", "judge", "take-back"), "dossiers": ("read", "subjects"),
        "duties": ("acknowledge", "destroyed", "pass-on", "withhold", "review", "hold", "assign"),
    }  # fmt: skip
    for kind, names in acts.items():
        ref = there[kind]
        absent = f"{ref.split('-')[0]}-0000000000000000"
        for name in names:
            body = bodies.get(name, {} if kind == "duties" else None)
            answers, queries = [], []
            for one in (ref, absent, "nothing", "%C3%89"):
                with CaptureQueriesContext(connection) as asked:
                    answers.append(stad.call("POST", f"/{kind}/{one}/{name}", body))
                queries.append([shape(query["sql"]) for query in asked.captured_queries])
            assert queries[0] == queries[1], f"{kind} {name}: what is denied is felt in the queries"
            assert {answer[0] for answer in answers} == {404}, f"{kind} {name}: {[one[0] for one in answers]}"
            assert len({answer[2] for answer in answers}) == 1
            assert len({str(sorted(answer[1].items())) for answer in answers}) == 1


def test_refusals_are_said_in_the_caller_s_language_with_field_and_remedy(exchange: dict[str, Any]) -> None:
    noord = machine(exchange["noord"])
    for language, says in (("nl", "Een doel"), ("en", "purpose")):
        noord.language = language
        report = noord.do("/reports", REPORT)["ref"]
        code, headers, body = noord.call("POST", f"/reports/{report}/read", {"purpose": "other", "reason": "x"})
        problem = json.loads(body)
        assert code == 422 and headers["content-type"] == "application/problem+json"
        assert headers["content-language"] == language and problem["code"] == "read.purpose_needs_text"
        assert problem["fields"][0]["field"] == "reason" and problem["remedy"], says
    missing = json.loads(noord.call("POST", "/reports", {"language": "xx", "colour": 1})[2])
    assert {one["field"]: bool(one["remedy"]) for one in missing["fields"]} == {
        "text": True, "language": True, "colour": True
    }  # fmt: skip
    strict = json.loads(noord.call("POST", "/reports", {**REPORT, "handling": "sealed"})[2])
    assert strict["fields"][0]["field"] == "handling_reason" and "what would happen" in strict["remedy"]
    theme = json.loads(noord.call("POST", "/reports", {**REPORT, "themes": ["gardening"]})[2])
    assert theme["fields"][0]["field"] == "themes"
    relation = {**REPORT, "relations": [{"source": "p", "kind": "likes", "target": "a"}]}
    assert json.loads(noord.call("POST", "/reports", relation)[2])["fields"][0]["field"] == "relations.0.kind"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b'{"text": NaN}', b'{"text": "\\u0000"}', b'{"text": "\\ud800"}', b"[" * 5000,
             b'{"text": ' + b"1" * 6000 + b"}", b"null", b"[]"],
)  # fmt: skip
def test_a_body_that_cannot_be_read_is_refused_and_breaks_nothing(exchange: dict[str, Any], body: bytes) -> None:
    noord = machine(exchange["noord"])
    code, headers, read = noord.call("POST", "/reports", body)
    assert code in (400, 422) and headers["content-type"] == "application/problem+json" and json.loads(read)["title"]
    assert not Report.objects.exists()


def test_no_cookie_no_session_and_no_token_opens_the_api(exchange: dict[str, Any]) -> None:
    browser = Browser()
    browser.force_login(makers.seat(exchange["noord"], "desk"))
    for path in ("/api/v1/duties", "/api/v1/nothing", "/api/v1/reports/report-1/read", "/api/", "/api/v2/duties"):
        for answer in (browser.get(path), browser.post(path, REPORT, content_type="application/json")):
            assert answer.status_code == 401 and answer["Content-Type"] == "application/problem+json", path
            assert "Accept-Signature" in answer and not answer.cookies
    assert browser.get("/").status_code == 200, "the session itself is as it was"
    assert browser.post("/api/v1/duties", {"a": "b"}).status_code == 415


def test_what_is_wrong_with_a_request_is_told_and_not_who_is_known(exchange: dict[str, Any]) -> None:
    noord = machine(exchange["noord"])
    sent: list[tuple[str, str, dict[str, str], bytes]] = []

    def kept(method: str, url: str, headers: Any, body: bytes) -> Any:
        sent.append((method, url, dict(headers), body))
        return through_django(method, url, headers, body)

    noord.send = kept
    assert status(noord, "GET", "/duties") == 200
    assert json.loads(through_django(*sent[0])[2])["code"] == "signed.replayed"
    noord.now = lambda: 1_000_000_000.0
    code, headers, read = noord.call("GET", "/duties")
    assert code == 401 and json.loads(read)["code"] == "signed.wrong_clock" and "accept-signature" in headers
    unknown = machine(exchange["noord"])
    real = unknown.key_name
    answers = []
    for name, private in ((real, bytes(32)), ("key-0000000000000000", unknown.private)):
        unknown.key_name, unknown.private = name, private
        answers.append(unknown.call("GET", "/duties"))
    assert answers[0] == answers[1] and answers[0][0] == 401


def test_a_scope_that_an_account_lacks_is_named_with_its_remedy(exchange: dict[str, Any]) -> None:
    only = machine(exchange["noord"], scopes=("list",))
    assert status(only, "GET", "/duties") == 200
    code, _, read = only.call("POST", "/reports", REPORT)
    assert code == 403 and json.loads(read)["code"] == "scope.missing"
    assert "passerelle account scopes" in json.loads(read)["remedy"]
    assert not Report.objects.exists()


def test_too_many_requests_wait_and_are_told_how_long(exchange: dict[str, Any], settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2
    noord = machine(exchange["noord"])
    assert [status(noord, "GET", "/duties") for _ in range(3)] == [200, 200, 429]
    code, headers, _ = noord.call("GET", "/duties")
    assert code == 429 and headers["retry-after"] == "60"


def test_lists_go_on_by_a_sealed_cursor_that_serves_nothing_else(exchange: dict[str, Any]) -> None:
    noord = machine(exchange["noord"])
    for number in range(5):
        makers.report(exchange["noord"], f"{number} was er.", now=makers.NOON + timedelta(minutes=number // 2))
    whole = [row["ref"] for row in noord.rows("/reports")]
    assert len(set(whole)) == 5 and whole == [row["ref"] for row in noord.rows("/reports", limit=2)]
    page = noord.ask("GET", "/reports", limit=2)
    cursor = page["next"]
    assert "2026" not in cursor and set(page) == {"rows", "next"}
    for path, more in (("/deliveries", {}), ("/duties", {}), ("/dossiers", {})):
        with pytest.raises(Refused) as other:
            noord.ask("GET", path, cursor=cursor, **more)
        assert other.value.status == 422 and other.value.problem["fields"][0]["field"] == "cursor"
    assert status(machine(exchange["noord"]), "GET", "/reports", cursor=cursor) == 422
    for wrong in (cursor[:-4], cursor + "A", "p1.1.AAAA", "x", "p1..", "ü"):
        assert status(noord, "GET", "/reports", cursor=wrong) == 422
    assert status(noord, "GET", "/reports", limit=0) == status(noord, "GET", "/reports", limit=201) == 422


def test_a_reading_says_what_for_and_why_and_both_are_kept(exchange: dict[str, Any]) -> None:
    report = makers.report(exchange["noord"], author=makers.seat(exchange["noord"], "officer"))
    noord = machine(exchange["noord"])
    path = f"/reports/{report.ref}/read"
    assert status(noord, "POST", path, {"purpose": "my_case"}) == 422
    assert status(noord, "POST", path, {"reason": "x"}) == 422
    code, _, read = noord.call("POST", path, {"purpose": "follows", "reason": "x"})
    assert code == 422 and json.loads(read)["code"] == "read.purpose_needed" and not Reading.objects.exists()
    lines = ledger_lines.head()[0]
    assert status(noord, "POST", path, PURPOSE) == 200
    row = Reading.objects.get()
    assert (row.purpose, row.reason, row.officer.service) == ("my_case", PURPOSE["reason"], exchange["noord"])
    assert ledger_lines.head()[0] == lines + 1


def test_followthemoney_goes_out_and_comes_in_again_the_same(asked_for: dict[str, Any]) -> None:
    noord = machine(asked_for["noord"])
    ref = noord.do("/reports", REPORT)["ref"]
    status_, headers, read = noord.call("POST", f"/reports/{ref}/followthemoney", PURPOSE)
    entities = [json.loads(line) for line in read.decode().splitlines()]
    assert status_ == 200 and headers["content-type"] == "application/x-ndjson"
    assert [one["schema"] for one in entities] == ["PlainText", "Person", "Documentation", "Address", "Documentation"]
    again = noord.do("/reports", {"text": REPORT["text"], "language": "nl", "entities": entities})["ref"]
    first, second = (noord.read(one) for one in (ref, again))
    for one, other in zip(first["subjects"], second["subjects"], strict=True):
        assert (one["schema"], one["properties"]) == (other["schema"], other["properties"])
        assert [tie["kind"] for tie in one["relations"]] == [tie["kind"] for tie in other["relations"]]
    compared()
    federal = machine(asked_for["federal"])
    delivery = next(one for one in federal.rows("/deliveries") if one["form"] == "whole")
    what_for = {"purpose": "follows", "reason": "for our own system"}
    travelled = federal.ask("POST", f"/deliveries/{delivery['ref']}/followthemoney", what_for)
    assert REPORT["text"] in travelled and '"Person"' in travelled
    both = {**REPORT, "entities": entities}
    assert json.loads(noord.call("POST", "/reports", both)[2])["fields"][0]["field"] == "entities"
    broken = {"text": "x", "language": "nl", "entities": [{"id": "x", "schema": "Boat"}]}
    assert json.loads(noord.call("POST", "/reports", broken)[2])["fields"][0]["field"] == "entities.0"


def test_a_new_version_is_filed_by_its_own_service_only(exchange: dict[str, Any]) -> None:
    noord = machine(exchange["noord"])
    ref = noord.do("/reports", REPORT)["ref"]
    noord.do(f"/reports/{ref}/versions", {**REPORT, "text": "Ferdinand Oosterlynck was er niet."})
    assert noord.read(ref)["version"] == 2
    assert status(machine(exchange["midi"]), "POST", f"/reports/{ref}/versions", REPORT) == 404


def test_unsigned_it_says_whether_it_stands_and_how_to_speak_to_it_and_nothing_else(exchange: dict[str, Any]) -> None:
    browser = Browser()
    assert browser.get("/api/v1/health").status_code == 503
    compared()
    assert browser.get("/api/v1/health").json()["ok"] is True
    document = browser.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.") and "/api/v1/reports/{ref}/read" in document["paths"]
    page = browser.get("/api/v1/docs").content.decode()
    assert "POST /api/v1/duties/{ref}/withhold" in page and "//" not in page.replace("http://www.w3.org", "")
    assert browser.get("/").status_code == 302
