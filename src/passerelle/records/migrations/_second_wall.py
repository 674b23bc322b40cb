"""The second wall on PostgreSQL: the database itself shows a reader no other rows than `records/visibility.py` does.

Who asks stands in settings of the transaction (`records/wall.py`). The house sees and writes all rows; a reader sees
what the policies below say; nobody sees nothing. FORCE holds the tables' owner to it too. A function that must look at
other tables looks as the house, and returns keys: else a policy on one table would ask the policies of the next, in
circles. Each is asked once a statement. Not behind the wall: services, officers, sessions, tries to sign in and the
heartbeat, accounts with their keys and nonces, which are read before anybody is known, and the ledger, whose lines hold
no contents and which must be whole.
"""

PLAIN = """
CREATE FUNCTION passerelle_sees() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT current_setting('passerelle.sees', true) $$;
CREATE FUNCTION passerelle_service() RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT NULLIF(current_setting('passerelle.service', true), '')::bigint $$;
CREATE FUNCTION passerelle_officer() RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT NULLIF(current_setting('passerelle.officer', true), '')::bigint $$;
CREATE FUNCTION passerelle_role() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT current_setting('passerelle.role', true) $$;
CREATE FUNCTION passerelle_kind() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT current_setting('passerelle.kind', true) $$;
"""

AS_THE_HOUSE = """
CREATE FUNCTION {name}() RETURNS SETOF {kind} LANGUAGE plpgsql STABLE AS $$
DECLARE before text := coalesce(passerelle_sees(), '');
BEGIN
  PERFORM set_config('passerelle.sees', 'house', true);
  RETURN QUERY {query};
  PERFORM set_config('passerelle.sees', before, true);
END $$
"""

ME, MINE, ROLE = "passerelle_officer()", "passerelle_service()", "passerelle_role()"
WATCHES = f"{ROLE} = 'oversight'"
WORKS = f"{ROLE} IN ('officer', 'desk', 'supervisor', 'head')"
DESK = f"{ROLE} IN ('desk', 'supervisor', 'head')"
LEADS = f"{ROLE} IN ('supervisor', 'head')"

STANDING = f"recipient_id = {MINE} AND evidence <> 'recalled'"

FUNCTIONS = {
    "passerelle_reports_delivered": ("bigint", f"SELECT report_id FROM records_delivery WHERE {STANDING}"),
    "passerelle_reports_sealed": ("bigint", "SELECT id FROM records_report WHERE handling = 'sealed'"),
    "passerelle_duties_delivered": ("bigint", f"SELECT duty_id FROM records_delivery WHERE {STANDING}"),
    "passerelle_duties_discreet": ("bigint", "SELECT id FROM records_duty WHERE discreet"),
    "passerelle_refs_told": (
        "text",
        f"SELECT DISTINCT jsonb_array_elements_text(names) FROM records_delivery WHERE {STANDING}",
    ),
    # the neutral desk keeps sight of what it judged as long as its judgement stands
    "passerelle_matches_in_full": (
        "bigint",
        f"""SELECT m.id FROM records_match m
    JOIN records_subject l ON l.id = m.left_id JOIN records_subject r ON r.id = m.right_id
    JOIN records_duty d ON d.match_id = m.id AND d.kind = 'judge'
    WHERE {DESK} AND ((d.service_id = {MINE} AND {MINE} IN (l.service_id, r.service_id))
      OR (passerelle_kind() = 'neutral_desk' AND ((d.holder_id = {MINE} AND d.ended_at IS NULL)
        OR EXISTS (SELECT 1 FROM records_judgement j JOIN records_officer o ON o.id = j.officer_id
          WHERE j.match_id = m.id AND j.taken_back_at IS NULL AND o.service_id = {MINE}))))""",
    ),
    "passerelle_matches_told": (
        "bigint",
        f"""SELECT m.id FROM records_delivery d
            JOIN records_duty_matches c ON c.duty_id = d.duty_id JOIN records_match m ON m.id = c.match_id
            JOIN records_subject l ON l.id = m.left_id JOIN records_subject r ON r.id = m.right_id
            WHERE d.recipient_id = {MINE} AND d.evidence <> 'recalled' AND (d.names ? l.ref OR d.names ? r.ref)""",
    ),
    "passerelle_subjects_in_full": (
        "bigint",
        "SELECT unnest(ARRAY[left_id, right_id]) FROM records_match "
        "WHERE id IN (SELECT passerelle_matches_in_full())",
    ),
}

OWN = f"service_id = {MINE}"
OWN_REPORTS = f"SELECT id FROM records_report WHERE {OWN}"
OWN_DUTIES = f"SELECT id FROM records_duty WHERE {OWN}"
SEEN_DUTIES = "SELECT id FROM records_duty"
UNSEALED = "report_id NOT IN (SELECT passerelle_reports_sealed())"
OVERSIGHT_ONLY = "false"

SEEN_AT_WORK = {
    "report": f"""({OWN} AND ({ROLE} <> 'officer' OR handling <> 'sealed' OR author_id = {ME}))
        OR id IN (SELECT passerelle_reports_delivered())""",
    "reportversion": f"report_id IN ({OWN_REPORTS})",
    "subject": f"""({OWN} AND (report_id IS NULL OR {ROLE} <> 'officer' OR report_id IN ({OWN_REPORTS})))
        OR ref IN (SELECT passerelle_refs_told()) OR id IN (SELECT passerelle_subjects_in_full())""",
    "relation": """source_id IN (SELECT id FROM records_subject)
        AND target_id IN (SELECT id FROM records_subject)""",
    "dossier": OWN,
    "interest": OWN,
    "match": "id IN (SELECT passerelle_matches_in_full()) OR id IN (SELECT passerelle_matches_told())",
    "judgement": "match_id IN (SELECT passerelle_matches_in_full())",
    "duty": f"""({ROLE} = 'officer' AND (({OWN} AND (report_id IS NULL OR {UNSEALED}))
            OR (holder_id = {MINE} AND officer_id = {ME} AND kind <> 'review')))
        OR ({DESK} AND ({OWN} OR holder_id = {MINE} OR (recipient_id = {MINE} AND report_id IS NOT NULL AND {UNSEALED}
            AND id IN (SELECT passerelle_duties_delivered()))))""",
    "duty_matches": "match_id IN (SELECT id FROM records_match)",
    "duty_interests": "interest_id IN (SELECT id FROM records_interest)",
    "withholding": f"duty_id IN ({OWN_DUTIES})",
    "delivery": f"({STANDING}) OR (sender_id = {MINE} AND ({ROLE} <> 'officer' OR {UNSEALED}))",
    "grant": f"""officer_id = {ME}
        OR ({DESK} AND report_id IN ({OWN_REPORTS})
            AND (review_id IS NULL OR review_id NOT IN (SELECT passerelle_duties_discreet())))
        OR ({LEADS} AND officer_id IN (SELECT id FROM records_officer WHERE {OWN}))""",
    "proposal": OWN,
    "order": f"duty_id IN ({SEEN_DUTIES})",
    "sample": OVERSIGHT_ONLY,
    "sampleitem": OVERSIGHT_ONLY,
    "register": OWN,
    "registerrow": "register_id IN (SELECT id FROM records_register)",
    "refusedrow": "register_id IN (SELECT id FROM records_register)",
    "correction": f"recipient_id = {MINE} OR report_id IN ({OWN_REPORTS})",
    "periodicreview": f"report_id IN ({OWN_REPORTS})",
    "question": f"""{OWN} OR duty_id IN (SELECT id FROM records_duty WHERE kind = 'answer' AND (
        ({DESK} AND ({OWN} OR holder_id = {MINE}))
        OR ({ROLE} = 'officer' AND holder_id = {MINE} AND officer_id = {ME})))""",
    "overload": OWN,
}
"""By table: which rows those who work with contents see. Oversight sees every row of these, administrators none."""

SEEN = {table: f"{WATCHES} OR ({WORKS} AND ({rows}))" for table, rows in SEEN_AT_WORK.items()} | {
    "notice": f"officer_id = {ME} OR ({DESK} AND {OWN} AND officer_id IS NULL)",
    "reading": f"""{WATCHES} OR officer_id = {ME}
        OR ({LEADS} AND officer_id IN (SELECT id FROM records_officer WHERE {OWN}))""",
    "personrequest": f"{WATCHES} OR ({DESK} AND ({OWN} OR holder_id = {MINE}))",
    "requestpart": f"{WATCHES} OR ({DESK} AND {OWN})",
    "draft": f"officer_id = {ME}",
    "visit": f"officer_id = {ME}",
}

HOUSE_ONLY = ("key", "nameword", "namecount", "gap", "command", "channel", "message")
"""What matching, verbs and the relay alone read: no reader sees a row of them."""


def build(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(PLAIN, params=None)
    tables = (*SEEN, *HOUSE_ONLY)
    for name, (kind, query) in FUNCTIONS.items():
        schema_editor.execute(AS_THE_HOUSE.format(name=name, kind=kind, query=query), params=None)
    for table in tables:
        name = f'"records_{table}"'
        house = "passerelle_sees() = 'house'"
        schema_editor.execute(f"CREATE POLICY house ON {name} USING ({house}) WITH CHECK ({house})", params=None)
        if table in SEEN:
            rows = f"{house} OR (passerelle_sees() = 'reader' AND ({SEEN[table]}))"
            schema_editor.execute(f"CREATE POLICY reader ON {name} FOR SELECT USING ({rows})", params=None)
        schema_editor.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY", params=None)
        schema_editor.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY", params=None)
