"""What `tools/planted_flaws.py` plants: for each published flaw, the same fault in our code, and the test that sees it.

What each CVE was is told in the words of its public entry, short. A plant is the smallest change of ours that makes the
same mistake; it is a mistake somebody could make, so never one that only a reader of the test would think of.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flaw:
    """One published flaw and its plant: in `module`, `stands` stands `instead_of` what is there; and so `also`, where
    one wall alone still holds. `routes`: of the access matrix these alone are tried, to save the time."""

    name: str
    seen_in: str
    says: str
    module: str
    instead_of: str
    stands: str
    test: str
    also: tuple[tuple[str, str], ...] = ()
    routes: str = ""


DOORS = "tests/doors/"
MATRIX = f"{DOORS}test_access_matrix.py::test_access_matrix_every_route_answers_every_seat_as_the_table_says"
UNSIGNED = (
    f"{DOORS}test_access_matrix_api.py"
    "::test_access_matrix_no_operation_answers_who_signs_nothing_whatever_else_they_bring"
)
METHODS = f"{DOORS}test_access_matrix.py::test_access_matrix_no_other_method_goes_round_the_check"
WORLDS = f"{DOORS}test_two_worlds.py::test_two_worlds_give_whoever_may_not_know_the_same_bytes"
WORLDS_API = f"{DOORS}test_two_worlds_api.py::test_two_worlds_give_a_machine_that_may_not_know_the_same_bytes"
OTHERS = f"{DOORS}test_published_flaws.py::"
THROTTLE = f"{DOORS}test_sign_in_is_throttled.py::"

FLAWS: tuple[Flaw, ...] = (
    Flaw(
        "CVE-2020-14969", "CVE-2020-14969 (a correlation shows an attribute that may not be reached)",
        "a party to a match sees it whether or not it was told of it", "records/visibility.py",
        "found = party & Exists(judged.filter(service=officer.service_id))", "found = party",
        WORLDS_API + "[a sealed report]",
    ),
    Flaw(
        "CVE-2020-14969-search", "CVE-2020-14969, in a search",
        "the index is searched as oversight would", "flow/search.py",
        "    with wall.as_reader(officer):\n        seen = _seen(officer)\n",
        "    with wall.as_reader(officer):\n"
        "        seen = _seen(Officer(pk=officer.pk, role=\"oversight\", service_id=officer.service_id))\n",
        f"{DOORS}test_timing.py::test_searching_for_who_is_known_to_others_asks_the_same_as_searching_for_nobody",
    ),
    Flaw(
        "CVE-2026-56424", "CVE-2026-56424 (allowed on one thing, acted on another that is nested in it)",
        "whoever may see a delivery acknowledges for whom it went to", "web/pages/deliveries.py",
        "got = visibility.deliveries(officer).filter(ref=ref, recipient=officer.service_id).exclude(form=\"pointer\")",
        "got = visibility.Delivery.objects.filter(ref=ref).exclude(form=\"pointer\")",
        f"{DOORS}test_doors_are_shut.py::test_a_duty_is_not_acknowledged_by_way_of_another_service_s_delivery",
    ),
    Flaw(
        "CVE-2026-21886", "CVE-2026-21886 (one act takes ids of anything)",
        "notices are marked as seen whoever they were told to", "flow/notices.py",
        "mine = visibility.notices(officer).filter(ref__in=list(refs), seen_at__isnull=True)",
        "mine = visibility.Notice.objects.filter(ref__in=list(refs), seen_at__isnull=True)",
        f"{DOORS}test_access_matrix.py::test_access_matrix_notices_marked_in_bulk_are_one_s_own_and_no_others",
    ),
    Flaw(
        "CVE-2018-8949", "CVE-2018-8949 (what is edited is taken by its id alone)",
        "a report is withdrawn by whoever has its reference", "flow/end_report.py",
        "row = visibility.reports(officer).filter(ref=ref).values_list(\"pk\", flat=True).first()",
        "row = Report.objects.filter(ref=ref).values_list(\"pk\", flat=True).first()",
        MATRIX, also=(("        allow(officer, \"correct\", report_facts(report))\n", ""),), routes="withdraw",
    ),
    Flaw(
        "CVE-2020-15411", "CVE-2020-15411 (attachments are handed out without asking)",
        "what travelled is read by whoever has its reference", "flow/consult.py",
        "        row = visibility.deliveries(officer).filter(ref=ref).values_list(\"pk\", flat=True).first()\n"
        "        if row is None:\n            raise NotThere\n        delivery = (",
        "        row = visibility.Delivery.objects.filter(ref=ref).values_list(\"pk\", flat=True).first()\n"
        "        if row is None:\n            raise NotThere\n        delivery = (",
        MATRIX, routes="delivery",
        also=(("ground = may_read(officer, facts.delivery_facts(delivery))", "ground = \"delivered\""),),
    ),
    Flaw(
        "CVE-2020-8894", "CVE-2020-8894 (discussions forget the rule of what they are about)",
        "questions and answers are read by everybody", "flow/consult_question.py",
        "found = visibility.questions(officer).filter(ref=ref).values_list(\"pk\", flat=True).first()",
        "found = Question.objects.filter(ref=ref).values_list(\"pk\", flat=True).first()",
        MATRIX, also=(("        if not ground.allowed:\n            raise NotThere\n", ""),), routes="question",
    ),
    Flaw(
        "CVE-2019-9482", "CVE-2019-9482 (sightings of others are shown)",
        "a report's page names who was told, also where the interest is discreet", "web/templates/report.html",
        "{% if delivery.duty.discreet and delivery.recipient_id != officer.service_id",
        "{% if delivery.duty.discreet and delivery.recipient_id == 0",
        WORLDS + "[whose discreet interest it is]",
    ),
    Flaw(
        "CVE-2023-50918", "CVE-2023-50918 (the audit log is shown to more than it should)",
        "who leads a service sees what everybody read", "records/visibility.py",
        "        return Officer.objects.filter(service=officer.service_id)\n    return Officer",
        "        return Officer.objects.all()\n    return Officer",
        "tests/flow/test_why_it_is_read.py::test_a_supervisor_sees_the_readings_of_their_service_and_oversight_sees_all",
    ),
    Flaw(
        "CVE-2024-45509", "CVE-2024-45509 (bookmarks of others)",
        "watches of all services stand in the list", "web/pages/watches.py",
        "live = Interest.objects.filter(service=officer.service_id, kind__in",
        "live = Interest.objects.filter(kind__in",
        OTHERS + "test_what_a_service_keeps_beside_its_records_is_shown_to_no_other",
    ),
    Flaw(
        "CVE-2021-27904", "CVE-2021-27904 (the flag “all” of a group lets more in than it says)",
        "of handling and law the greater travels at once", "policy/disclosure.py",
        "allowed_at_once = lesser(row.at_once, rule.at_once)", "allowed_at_once = row.at_once",
        "tests/rules/test_policy_disclosure.py::test_what_travels_is_never_more_than_the_row_or_the_handling_allows",
    ),
    Flaw(
        "CVE-2021-31780", "CVE-2021-31780 (an edit loses the group that limited it)",
        "a corrected report is handled as its new version says", "flow/receive.py",
        "        draft = replace(draft, handling=report.handling)\n        for name in PARTICULARS:",
        "        report.handling = draft.handling\n        report.save(update_fields=[\"handling\"])\n"
        "        for name in PARTICULARS:",
        OTHERS + "test_an_edit_leaves_the_handling_as_it_was_filed",
    ),
    Flaw(
        "CVE-2023-32060", "CVE-2023-32060 (the page hides it, the interface returns it)",
        "the API gives the band and the verdict of a match of which the page shows neither", "api/lists.py",
        "        if not in_full.filter(pk=match.pk).exists():\n", "        if match.pk is None:\n",
        OTHERS + "test_the_api_says_no_more_of_a_match_than_its_page",
    ),
    Flaw(
        "event-stream", "an unauthenticated stream of events",
        "who signs nothing is let in as the first account that there is", "api/gate.py",
        "        kind = (request.content_type or \"\").lower()\n",
        "        if request.method == \"GET\" and \"Signature\" not in request.headers:\n"
        "            from passerelle.records.models import Account\n\n"
        "            request.account = Account.objects.select_related(\"officer__service\").order_by(\"id\")[0]\n"
        "            request.officer = request.account.officer\n"
        "            return self.get_response(request)\n"
        "        kind = (request.content_type or \"\").lower()\n",
        UNSIGNED,
    ),
    Flaw(
        "TheHive-2301", "TheHive #2301 (the answer to an edit shows a case of another organisation)",
        "what a page opens beyond its label is output", "records/labels.py",
        "    if of is not None and int(asker[1]) in of(row):\n        return", "    if of is not None:\n        return",
        f"{DOORS}test_labels.py::test_a_page_that_forgot_to_ask_the_policy_shows_nothing_and_raises_the_alarm",
    ),
    Flaw(
        "CVE-2019-12794", "CVE-2019-12794 (an organisation's administrator resets another's credentials)",
        "an administrator manages the officers of every service", "policy/access/administrator.py",
        "        and (thing.service == reader.service or reader.service_kind == \"neutral_desk\")\n    )",
        "    )",
        "tests/rules/test_policy_access.py"
        "::test_an_administrator_manages_their_own_service_and_its_officers_and_never_sees_content",
    ),
    Flaw(
        "CVE-2026-44380", "CVE-2026-44380, CVE-2026-44730 (a delegated administrator climbs to more)",
        "administrators work with contents", "policy/facts.py",
        "SERVICE_ROLES: frozenset[str] = DESK_ROLES | {\"officer\"}",
        "SERVICE_ROLES: frozenset[str] = DESK_ROLES | {\"officer\", \"administrator\"}",
        MATRIX, routes="reports,report,dossiers,file-report",
    ),
    Flaw(
        "CVE-2023-37306", "CVE-2023-37306 (an error tells what is there)",
        "what is there and denied is refused, what is absent is not there", "flow/consult.py",
        "        if report is None:\n            raise NotThere\n        reader, thing = ",
        "        if report is None and visibility.Report.objects.filter(ref=ref).exists():\n"
        "            raise facts.NotAllowed(Sentence(\"This is not for you.\"))\n"
        "        if report is None:\n            raise NotThere\n        reader, thing = ",
        f"{DOORS}test_pages_reach.py::test_what_is_denied_is_the_same_page_as_what_is_absent",
    ),
    Flaw(
        "CVE-2022-42724", "CVE-2022-42724 (names in a list of choices)",
        "the box offers the dossiers of all services", "web/pages/filing.py",
        "own = visibility.dossiers(officer).filter(service=officer.service_id).order_by",
        "own = Dossier.objects.order_by",
        OTHERS + "test_no_choice_of_a_form_names_what_its_reader_may_not_see[desk]",
    ),
    Flaw(
        "CVE-2024-39329", "CVE-2024-39329, CVE-2025-13473, TheHive 2023-005 and 2024-001 (the time tells who exists)",
        "no password is weighed for a name that nobody has", "web/pages/sign_in.py",
        "    officer = authenticate(request, username=username, password=request.POST.get(\"password\", \"\"))\n",
        "    from passerelle.records.models import Officer\n\n"
        "    known = Officer.objects.filter(username=username).exists()\n"
        "    officer = authenticate(request, username=username, password=request.POST.get(\"password\", \"\")) "
        "if known else None\n",
        THROTTLE + "test_unknown_wrong_closed_and_waiting_cost_the_same_work_and_say_the_same",
    ),
    Flaw(
        "CVE-2018-12649", "CVE-2018-12649 (another method goes round the count of tries)",
        "the page of signing in takes PUT", "web/pages/sign_in.py",
        "@require_http_methods([\"GET\", \"HEAD\", \"POST\"])\ndef sign_in",
        "@require_http_methods([\"GET\", \"HEAD\", \"POST\", \"PUT\"])\ndef sign_in",
        METHODS,
    ),
    Flaw(
        "CVE-2020-8892", "CVE-2020-8892 (tries that are not counted)",
        "tries are counted by the name as it was typed", "flow/sign_in.py",
        "value.strip().casefold()", "value.strip()",
        OTHERS + "test_a_name_typed_in_another_way_has_no_tries_of_its_own",
    ),
    Flaw(
        "CVE-2022-29534", "CVE-2022-29534 (an Accept header goes round the second question)",
        "who accepts JSON is not asked for the second factor", "web/second.py",
        "        officer: Any = request.user\n        if officer.is_authenticated:\n",
        "        officer: Any = request.user\n"
        "        if officer.is_authenticated and request.headers.get(\"Accept\") != \"application/json\":\n",
        OTHERS + "test_no_header_goes_round_the_second_factor",
    ),
    Flaw(
        "CVE-2017-16946", "CVE-2017-16946 (a password in the log)",
        "a try that failed is logged with what was typed", "web/pages/sign_in.py",
        "    if officer is None:\n        tries.failed",
        "    if officer is None:\n"
        "        __import__(\"logging\").getLogger(__name__).warning(\"refused: %s\", dict(request.POST))\n"
        "        tries.failed",
        OTHERS + "test_what_was_written_stands_in_no_log_no_session_no_ledger_and_no_open_column",
    ),
    Flaw(
        "CVE-2022-48329", "CVE-2022-48329, CVE-2023-48656 (the order parameter reaches the database)",
        "a list is ordered by a parameter", "web/pages/reports.py",
        "filed.select_related(\"service\", \"author\").order_by(\"-filed_at\", \"-id\")",
        "filed.select_related(\"service\", \"author\").order_by(request.GET.get(\"order\", \"-filed_at\"), \"-id\")",
        OTHERS + "test_no_parameter_orders_filters_or_searches_by_a_column_or_reaches_the_database",
    ),
    Flaw(
        "CVE-2023-48657", "CVE-2023-48657, CVE-2023-48658, CVE-2023-48659 (filters of any column)",
        "a list is filtered by whatever parameter there is", "web/pages/reports.py",
        "    received = visibility.deliveries(officer).filter(recipient=officer.service_id)\n",
        "    received = visibility.deliveries(officer).filter(recipient=officer.service_id)\n"
        "    received = received.filter(**{name: value for name, value in request.GET.items() if \"__\" in name})\n",
        OTHERS + "test_no_parameter_orders_filters_or_searches_by_a_column_or_reaches_the_database",
    ),
    Flaw(
        "CVE-2026-9084", "CVE-2026-9084 (an identity bound by an address)",
        "what stands before the @ of an address signs in", "web/pages/sign_in.py",
        "username, now = request.POST.get(\"username\", \"\").strip(), timezone.now()",
        "username, now = request.POST.get(\"username\", \"\").strip().split(\"@\")[0], timezone.now()",
        OTHERS + "test_nobody_is_known_by_an_address_another_could_claim",
    ),
    Flaw(
        "CVE-2017-14337", "CVE-2017-14337 (an empty password)",
        "a seat without a password opens to the empty one", "web/pages/sign_in.py",
        "    if officer is None:\n        tries.failed",
        "    if officer is None and not request.POST.get(\"password\"):\n"
        "        from passerelle.records.models import Officer\n\n"
        "        officer = Officer.objects.filter(username=username, password=\"\").first()\n"
        "    if officer is None:\n        tries.failed",
        OTHERS + "test_no_empty_password_signs_anybody_in",
    ),
    Flaw(
        "IRIS-426", "DFIR-IRIS #426 (what is edited is not linked again)",
        "subjects of a corrected report are not compared again", "flow/receive.py",
        "        subject.to_match_at, subject.dropped_at = lines.now, None\n",
        "        subject.dropped_at = None\n",
        WORLDS + "[of whom a sealed report speaks since it was corrected]",
    ),
    Flaw(
        "IRIS-462", "DFIR-IRIS #462 (an edit in one case changes the indicator of all)",
        "a corrected report changes the subjects of the same local id everywhere", "flow/receive.py",
        "    for subject in kept:  # one by one, because what is sealed is sealed for its row\n",
        "    for other in Subject.objects.exclude(report=report).filter(local_id__in=[one.local_id for one in kept]):\n"
        "        other.category = kept[0].category\n"
        "        other.save(update_fields=[\"category\"])\n"
        "    for subject in kept:  # one by one, because what is sealed is sealed for its row\n",
        OTHERS + "test_an_edit_changes_nothing_of_what_others_hold",
    ),
    Flaw(
        "escaping", "44 of the 92: output that is not escaped",
        "a report's remark on handling is markup", "web/templates/report.html",
        "{{ view.report.handling_note }}</p>", "{{ view.report.handling_note|safe }}</p>",
        OTHERS + "test_what_somebody_writes_is_shown_as_text_and_never_as_markup",
    ),
)  # fmt: skip
