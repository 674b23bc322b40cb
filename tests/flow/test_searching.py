"""A question finds what its reader may see, in any of the four languages, and tells nothing of the rest."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from passerelle.flow import close, end_report, index, keys, meanings, recall, receive, restrict, reviews, search
from passerelle.flow.facts import NotThere
from passerelle.flow.ledger_lines import entries, journal
from passerelle.flow.sizes import TooLong
from passerelle.flow.visits import PurposeNeeded
from passerelle.policy.quotas import QuotaExceeded, quotas
from passerelle.records import visibility
from passerelle.records.models import Delivery, Findable, Officer, Posting, Report, Search, Spelling
from passerelle.testing import makers
from passerelle.testing.makers import NOON
from tests.flow.test_access_said_twice import busy  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=20)
STRICT = {
    "handling_reason": "the source could be recognised",
    "handling_review_on": (NOON + timedelta(days=30)).date(),
}


def found(officer: Officer, question: str, language: str = "", now=LATER) -> list[str]:
    """The references that a question finds, best first."""
    officer.language = language or officer.language
    return [hit.ref for hit in search.search(question=question, officer=officer, purpose="my_case", now=now).hits]


def read_all() -> None:
    while index.follow(now=LATER, limit=500):
        pass
    assert not index.faults(read_again=1000).any()


@pytest.fixture
def midi(exchange):
    """Three French reports, of which each question is to find the first."""
    first = makers.report(
        exchange["midi"],
        "Deux hommes cagoulés ont commis un cambriolage rue des Quatre-Vents 79 à Molenbeek; ils ont fui dans une "
        "Citroën grise immatriculée 1-ABC-234. Compte BE68 5390 0754 7034, téléphone 0470 12 34 56.",
        makers.person("p", "Choukri El Amrani"),
    )  # fmt: skip
    makers.report(exchange["midi"], "Un vélo a été retrouvé dans le canal.", makers.person("p", "Zénobe Lambillotte"))
    makers.report(exchange["midi"], "Le mineur a fugué du foyer; le tuteur est inquiet.")
    read_all()
    return exchange["midi"], first.ref


@pytest.mark.parametrize("question", [
    "inbraak", "woninginbraken", "woninginbrak", "Einbrüche", "burglary", "cambriolages",
    "gemaskerde mannen met een grijze auto", "Sjoekri El Amrani", "شكري", "Шукри", "Choukri",
    "ABC-234", "abc234", "0470 12", "539007", "Vierwindenstraat 79", "Vierwindenstraat", "Citroen",
])  # fmt: skip
def test_a_question_in_any_language_or_script_finds_the_french_report_first(midi, question: str) -> None:
    service, first = midi
    assert found(makers.seat(service, "officer"), question, "nl")[:1] == [first]


def test_the_reasons_are_the_words_of_the_question_and_the_glossary_and_no_word_of_the_text(midi) -> None:
    service, _ = midi
    officer = makers.seat(service, "officer")
    hit = search.search(question="inbraak Sjoekri", officer=officer, purpose="my_case", now=LATER).hits[0]
    said = " ".join(map(str, hit.because))
    assert "cambriolage" in said and "“inbraak”" in said and "“Sjoekri”" in said
    assert "Choukri" not in said and "Amrani" not in said and hit.title == ""


def test_a_question_without_one_word_of_the_text_is_answered_by_its_meaning_and_says_so(exchange, settings) -> None:
    settings.SENTENCE_ENCODER = True
    midi = exchange["midi"]
    for text in ("Le garçon ne mange plus depuis une semaine et pleure chaque nuit.", "La grue du port est en panne."):
        makers.report(midi, text)
    read_all()
    officer = makers.seat(midi, "officer")
    asked = search.search(question="verdrietig kind zonder eetlust", officer=officer, purpose="my_case", now=LATER)
    assert asked.by_meaning and not asked.meanings_left
    assert asked.hits[0].ref == Report.objects.earliest("pk").ref
    assert "no word of your question" in asked.hits[0].because[0].in_language("en")


def test_the_first_search_opens_a_part_of_the_meanings_newest_first_and_the_next_ones_the_rest(
    exchange, settings
) -> None:
    settings.SENTENCE_ENCODER = True
    for text in ("Un vélo a été volé.", "Un vélo a été retrouvé dans le canal.", "Le mineur a fugué du foyer."):
        makers.report(exchange["midi"], text)
    read_all()
    ask = index.the_encoder()
    assert ask is not None
    numbers = np.array(sorted(Findable.objects.values_list("pk", flat=True)), dtype=np.int64)
    whole, left = meanings.Kept().nearness(ask, "een gestolen fiets", numbers, ask.name)
    assert not left and np.count_nonzero(whole) == 3
    bite = meanings.Kept(opened_max=1)
    for more in (1, 2, 3):
        near, left = bite.nearness(ask, "een gestolen fiets", numbers, ask.name)
        assert left is (more < 3)
        assert np.allclose(near[-more:], whole[-more:], atol=1e-5) and not near[:-more].any()


def test_what_nobody_wrote_finds_nothing(midi) -> None:
    assert found(makers.seat(midi[0], "officer"), "xylofoonconcert") == []


def test_a_search_is_written_down_before_it_looks_with_its_words_sealed(midi) -> None:
    officer = makers.seat(midi[0], "officer")
    with pytest.raises(PurposeNeeded):
        search.search(question="inbraak", officer=officer, now=LATER)
    assert not Search.objects.exists()
    search.search(question="inbraak", officer=officer, purpose="my_case", now=LATER)
    row = Search.objects.get()
    line = list(entries())[-1]
    assert '"kind":"Searched"' in line and row.ref in line and "inbraak" not in line
    assert "inbraak" not in str(Search.objects.values_list("question", flat=True)[0])
    assert row.question == "inbraak"
    search.search(question="diefstal", officer=officer, now=LATER + timedelta(minutes=30))  # the purpose holds an hour
    with pytest.raises(PurposeNeeded):
        search.search(question="diefstal", officer=officer, now=LATER + timedelta(minutes=90))


def test_more_searches_in_an_hour_than_the_quota_allows_are_refused(midi) -> None:
    officer = makers.seat(midi[0], "officer")
    search.search(question="inbraak", officer=officer, purpose="my_case", now=LATER)
    row = Search.objects.get()
    most = quotas()["searches_in_an_hour"].most
    Search.objects.bulk_create(
        Search(officer=officer, question="x", purpose="my_case", asked_at=row.asked_at) for _ in range(most)
    )
    with pytest.raises(QuotaExceeded):
        search.search(question="inbraak", officer=officer, now=LATER)
    Search.objects.exclude(pk=row.pk).delete()


def test_a_question_longer_than_the_box_is_refused_before_a_word_of_it_is_read_or_written_down(midi) -> None:
    officer = makers.seat(midi[0], "officer")
    with pytest.raises(TooLong):
        search.search(question="inbraak " * 60, officer=officer, purpose="my_case", now=LATER)
    assert not Search.objects.exists()


def test_neither_an_administrator_nor_an_empty_question_is_answered(midi) -> None:
    administrator = makers.officer(midi[0], "administrator")
    with pytest.raises(NotThere):
        search.search(question="inbraak", officer=administrator, purpose="my_case", now=LATER)
    with pytest.raises(search.QuestionTooShort):
        search.search(question=" ", officer=makers.seat(midi[0], "officer"), purpose="my_case", now=LATER)


def test_every_seat_finds_exactly_what_its_lists_hold(busy) -> None:  # noqa: F811
    read_all()
    for officer in Officer.objects.select_related("service"):
        mine = set(visibility.findables(officer).values_list("pk", flat=True))
        reports = visibility.reports(officer).filter(gone="", restriction="")
        if officer.role != "oversight":
            reports = reports.filter(service=officer.service_id)
        deliveries = visibility.deliveries(officer).exclude(form="pointer").exclude(evidence="recalled")
        if officer.role != "oversight":
            deliveries = deliveries.filter(recipient=officer.service_id)
        wanted = set(Findable.objects.filter(report__in=reports).values_list("pk", flat=True))
        wanted |= set(Findable.objects.filter(delivery__in=deliveries).values_list("pk", flat=True))
        wanted |= set(Findable.objects.filter(dossier__in=visibility.dossiers(officer)).values_list("pk", flat=True))
        assert mine == wanted, officer.name
        if officer.role in ("officer", "desk", "supervisor", "head", "oversight"):
            purpose = "oversight_sample" if officer.role == "oversight" else "my_case"
            hits = search.search(question="Ferdinand Oosterlynck", officer=officer, purpose=purpose, now=LATER).hits
            seen = {"report": visibility.reports, "delivery": visibility.deliveries, "dossier": visibility.dossiers}
            for hit in hits:
                assert seen[hit.kind](officer).filter(ref=hit.ref).exists(), (officer.name, hit.ref)


def test_a_sealed_report_is_found_by_its_author_and_the_desk_and_leaves_no_row_where_others_look(exchange) -> None:
    author = makers.seat(exchange["noord"], "officer")
    other = makers.officer(exchange["noord"], "officer", name="Another")
    filed = makers.report(
        exchange["noord"], "Een wapenhandelaar in de haven.", handling="sealed", author=author, **STRICT
    )
    read_all()
    assert found(author, "wapenhandel") == found(makers.seat(exchange["noord"], "desk"), "wapenhandel") == [filed.ref]
    assert found(other, "wapenhandel") == []
    space = index.space_of(exchange["noord"].pk)
    assert not Posting.objects.filter(value__in=list(index.digests(space, index.entries_of(_said(filed))))).exists()


def _said(report: Report) -> index.Said:
    said = index.said_by(report)
    assert said is not None
    return said


def test_a_recipient_finds_what_travelled_and_not_what_was_blacked_out(exchange) -> None:
    makers.dossier(exchange["federal"], makers.person("a", "Ferdinand Oosterlynck", birthDate=["1971-05-03"]))
    makers.report(
        exchange["noord"], "Ferdinand Oosterlynck bedreigde Mieke Zwaenepoel met een mes.",
        makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"]),
        makers.person("v", "Mieke Zwaenepoel", category="victim"), now=NOON,
    )  # fmt: skip
    read_all()
    got = Delivery.objects.get(recipient=exchange["federal"])
    desk = makers.seat(exchange["federal"], "desk")
    assert got.ref in found(desk, "Oosterlynck")
    assert "Zwaenepoel" not in str(got.content)
    assert found(desk, "Zwaenepoel") == []
    assert found(makers.seat(exchange["stad"], "desk"), "Oosterlynck") == []


def test_withdrawal_erasure_restriction_and_recall_reach_the_index_in_their_own_transaction(exchange) -> None:
    head = makers.seat(exchange["noord"], "head")
    desk = makers.seat(exchange["noord"], "desk")
    reports = [makers.report(exchange["noord"], f"Een koerier met cocaïne, {n}.") for n in ("een", "twee", "drie")]
    read_all()
    assert len(found(desk, "drugskoerier")) == 3
    end_report.withdraw(ref=reports[0].ref, officer=desk, ground=_ground("withdraw"), reason="it was another man",
                        now=LATER)  # fmt: skip
    assert len(found(desk, "drugskoerier")) == 2
    restrict.restrict(ref=reports[1].ref, officer=desk, why="accuracy", reason="the person contests all of it",
                      until=(LATER + timedelta(days=9)).date(), now=LATER)  # fmt: skip
    assert found(desk, "drugskoerier") == [reports[2].ref]
    restrict.lift(ref=reports[1].ref, officer=desk, reason="it was right, and the person was told", now=LATER)
    read_all()
    assert len(found(desk, "drugskoerier")) == 2
    for report in reports:
        end_report.erase(ref=report.ref, officer=head, ground=_ground("erase"), now=LATER)
    assert found(desk, "drugskoerier") == []
    assert not Findable.objects.exists() and not Posting.objects.exists() and not Spelling.objects.exists()


def _ground(act: str) -> str:
    from passerelle.policy import ending

    return next(key for key, ground in ending.grounds().items() if act in ground.acts)


def test_a_correction_is_found_by_its_new_words_alone(midi) -> None:
    service, ref = midi
    officer = makers.seat(service, "officer")
    draft = receive.ReportDraft(text="Un incendie volontaire a détruit un garage.", language="fr")
    receive.revise_report(ref=ref, officer=officer, draft=draft, now=LATER)
    assert ref not in found(officer, "inbraak", "nl")
    assert search.search(question="brandstichting", officer=officer, now=LATER).waiting
    read_all()
    assert found(officer, "brandstichting", "nl") == [ref]
    assert ref not in found(officer, "Choukri")


def test_what_is_recalled_is_found_by_nobody_who_got_it(exchange) -> None:
    makers.dossier(exchange["federal"], makers.person("a", "Ferdinand Oosterlynck", birthDate=["1971-05-03"]))
    makers.report(exchange["noord"], "Ferdinand Oosterlynck had een vuurwapen.",
                  makers.person("p", "Ferdinand Oosterlynck", birthDate=["1971-05-03"]))  # fmt: skip
    read_all()
    desk = makers.seat(exchange["federal"], "desk")
    got = Delivery.objects.get(recipient=exchange["federal"])
    assert found(desk, "arme à feu", "fr") == [got.ref]
    recall.recall(ref=got.ref, officer=makers.seat(exchange["noord"], "desk"), reason="meant for somebody else",
                  now=LATER)  # fmt: skip
    assert found(desk, "arme à feu", "fr") == []
    assert not index.faults().any()


def test_a_looser_handling_moves_a_report_to_other_readers(exchange) -> None:
    author = makers.seat(exchange["noord"], "desk")
    filed = makers.report(exchange["noord"], "Een wapenhandelaar.", handling="sealed", author=author, **STRICT)
    read_all()
    officer = makers.seat(exchange["noord"], "officer")
    assert found(officer, "wapenhandel") == []
    with journal(LATER) as lines:
        reviews.loosen(lines, Report.objects.get(pk=filed.pk), "consent")
    read_all()
    assert found(officer, "wapenhandel") == [filed.ref]


def test_a_turned_index_key_leaves_no_digest_of_the_old_and_everything_is_read_again(own_keys, midi) -> None:
    before = set(Posting.objects.values_list("value", flat=True))
    keys.rotate_index(now=LATER)
    assert not Posting.objects.exists()
    read_all()
    assert before.isdisjoint(Posting.objects.values_list("value", flat=True))
    assert found(makers.seat(midi[0], "officer"), "inbraak", "nl") == [midi[1]]


def test_a_successor_finds_what_its_predecessor_filed(exchange) -> None:
    filed = makers.report(exchange["noord"], "Een koerier met cocaïne.")
    read_all()
    close.close_service(service=exchange["noord"], successor=exchange["midi"], now=LATER)
    read_all()
    assert found(makers.seat(exchange["midi"], "officer"), "koerier", "nl") == [filed.ref]


@pytest.mark.parametrize("bend", ["surplus", "missing", "misplaced", "stale", "unread"])
def test_an_index_that_does_not_follow_is_found(midi, bend: str) -> None:
    row = Findable.objects.first()
    assert row is not None and not index.faults(read_again=9).any()
    if bend == "surplus":
        Report.objects.filter(pk=row.report_id).update(gone="withdrawn", gone_at=LATER)
    elif bend == "missing":
        index.drop(Findable.objects.filter(pk=row.pk))
    elif bend == "misplaced":
        Report.objects.filter(pk=row.report_id).update(handling="sealed")
    elif bend == "stale":
        Posting.objects.filter(findable_id=row.pk).delete()
    else:
        Report.objects.filter(pk=row.report_id).update(index_form=index.BROKEN)
    assert index.faults(read_again=9).any()


def test_nothing_of_a_text_stands_in_the_index_in_clear(midi) -> None:
    for row in Findable.objects.values():
        said = str(row)
        assert not any(word in said for word in ("cambriolage", "Choukri", "ABC234", "cagoul"))
    words = {digest for service in (midi[0].pk, midi[0].pk + 1)
             for digest in index.digests(index.space_of(service), ["w:cambriolag"])}  # fmt: skip
    assert len(words) == 2, "one word of two services is two digests"


test_an_index_that_does_not_follow_is_found = pytest.mark.ledger_is_bent(test_an_index_that_does_not_follow_is_found)


def test_the_check_tells_where_the_index_does_not_follow_and_reading_everything_again_mends_it(midi) -> None:
    from passerelle.cli import installation

    index.drop(Findable.objects.all())
    assert "3 missing" in installation.index_missing()[0]["says"]
    assert index.remake(now=LATER) == 3
    assert index.follow(now=LATER) == 3
    assert installation.index_missing() == []


def test_one_s_searches_stand_with_one_s_readings_and_a_colleague_s_do_not(midi, client) -> None:
    officer, other = makers.seat(midi[0], "officer"), makers.seat(midi[0], "desk")
    search.search(question="xylofoonconcert", officer=officer, purpose="my_case", now=LATER)
    client.force_login(officer)
    assert "xylofoonconcert" in client.get("/readings").content.decode()
    client.force_login(other)
    assert "xylofoonconcert" not in client.get("/readings").content.decode()
    client.force_login(makers.seat(midi[0], "supervisor"))
    assert "xylofoonconcert" in client.get("/readings/of-others").content.decode()
