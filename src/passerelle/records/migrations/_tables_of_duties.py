"""The tables of what is owed and of what came of it."""

from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion
import passerelle.records.models.channels
import passerelle.records.models.deliveries
import passerelle.records.models.duties
import passerelle.records.models.notices
import passerelle.records.models.overloads
import passerelle.records.models.questions
import passerelle.records.models.reports
import passerelle.records.sealed

TABLES = [
    migrations.CreateModel(
        name="Duty",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(default=passerelle.records.models.duties.new_duty_ref, max_length=40, unique=True),
            ),
            ("kind", models.CharField(max_length=12)),
            ("state", models.CharField(default="open", max_length=10)),
            ("level", models.PositiveSmallIntegerField(default=0)),
            ("form", models.CharField(blank=True, max_length=10)),
            ("discreet", models.BooleanField(default=False)),
            ("urgency", models.CharField(default="normal", max_length=20)),
            ("deadline", models.CharField(max_length=60)),
            ("because", models.JSONField(default=list)),
            ("raised_at", models.DateTimeField()),
            ("due_at", models.DateTimeField(blank=True, null=True)),
            ("next_event", models.CharField(blank=True, max_length=10)),
            ("next_event_at", models.DateTimeField(blank=True, null=True)),
            ("paused_until", models.DateTimeField(blank=True, null=True)),
            ("pause_reason", passerelle.records.sealed.SealedText(blank=True)),
            ("ended_at", models.DateTimeField(blank=True, null=True)),
            ("outcome", models.CharField(blank=True, max_length=40)),
            ("outcome_note", passerelle.records.sealed.SealedText(blank=True)),
            ("version", models.PositiveIntegerField(default=1)),
            (
                "about",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="raised_for",
                    to="records.duty",
                ),
            ),
            (
                "officer",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="holds",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("interests", models.ManyToManyField(blank=True, related_name="called_for", to="records.interest")),
            (
                "match",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="duties",
                    to="records.match",
                ),
            ),
            ("matches", models.ManyToManyField(blank=True, related_name="called_for", to="records.match")),
            (
                "report",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="duties",
                    to="records.report",
                ),
            ),
            (
                "holder",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="holds",
                    to="records.service",
                ),
            ),
            (
                "recipient",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="owed",
                    to="records.service",
                ),
            ),
            (
                "service",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="duties", to="records.service"
                ),
            ),
            ("came_through", models.JSONField(default=list)),
        ],
        options={
            "verbose_name_plural": "duties",
            "ordering": ["due_at", "id"],
            "indexes": [
                models.Index(
                    condition=models.Q(("state__in", ("open", "held", "deferred", "withheld"))),
                    fields=["next_event_at", "id"],
                    name="duty_next_event",
                ),
                models.Index(
                    condition=models.Q(("state__in", ("open", "held", "deferred", "withheld"))),
                    fields=["holder", "due_at"],
                    name="duty_held",
                ),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("state__in", ["open", "held", "deferred", "withheld", "done", "upheld", "void"])
                    ),
                    name="duty_state",
                ),
                models.CheckConstraint(condition=models.Q(("level__lte", 4)), name="duty_level"),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("due_at__isnull", False),
                            ("ended_at__isnull", True),
                            ("holder__isnull", False),
                            ("next_event__in", ["escalate", "remind", "resume", "review"]),
                            ("next_event_at__isnull", False),
                            ("state__in", ("open", "held", "deferred", "withheld")),
                        ),
                        models.Q(
                            ("ended_at__isnull", False),
                            ("holder__isnull", True),
                            ("next_event", ""),
                            ("next_event_at__isnull", True),
                            ("officer__isnull", True),
                            ("state__in", ("done", "upheld", "void")),
                        ),
                        _connector="OR",
                    ),
                    name="duty_has_a_holder_and_a_clock_or_has_ended",
                ),
                models.UniqueConstraint(
                    condition=models.Q(("kind", "judge"), ("state__in", ("open", "held", "deferred", "withheld"))),
                    fields=("match",),
                    name="duty_judge_once",
                ),
                models.UniqueConstraint(
                    condition=models.Q(("kind", "review"), ("state__in", ("open", "held", "deferred", "withheld"))),
                    fields=("about",),
                    name="duty_review_once",
                ),
                models.UniqueConstraint(
                    condition=models.Q(
                        ("kind", "acknowledge"), ("state__in", ("open", "held", "deferred", "withheld"))
                    ),
                    fields=("report", "recipient"),
                    name="duty_acknowledge_once",
                ),
                models.UniqueConstraint(
                    condition=models.Q(("kind", "correct"), ("state__in", ("open", "held", "deferred", "withheld"))),
                    fields=("report", "recipient"),
                    name="duty_correct_once",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("kind__in", ["pass_on", "judge", "acknowledge", "answer", "review", "correct", "request"])
                    ),
                    name="duty_kind",
                ),
                models.UniqueConstraint(
                    condition=models.Q(
                        ("kind", "pass_on"),
                        models.Q(("state", "void"), _negated=True),
                        models.Q(("outcome__in", ("recalled", "again")), _negated=True),
                    ),
                    fields=("report", "recipient", "kind"),
                    name="duty_once",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Notice",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(default=passerelle.records.models.notices.new_notice_ref, max_length=40, unique=True),
            ),
            ("kind", models.CharField(max_length=20)),
            ("says", models.JSONField()),
            ("told_at", models.DateTimeField()),
            ("seen_at", models.DateTimeField(blank=True, null=True)),
            (
                "duty",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="notices",
                    to="records.duty",
                ),
            ),
            (
                "officer",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="notices",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "service",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="notices", to="records.service"
                ),
            ),
        ],
        options={
            "ordering": ["-told_at", "-id"],
            "indexes": [models.Index(fields=["service", "-told_at"], name="records_not_service_f43ef0_idx")],
            "constraints": [],
        },
    ),
    migrations.CreateModel(
        name="Delivery",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(
                    default=passerelle.records.models.deliveries.new_delivery_ref, max_length=40, unique=True
                ),
            ),
            ("report_version", models.PositiveIntegerField()),
            ("form", models.CharField(max_length=10)),
            ("content", passerelle.records.sealed.SealedJson(default=dict)),
            ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
            ("evidence", models.CharField(default="delivered", max_length=15)),
            ("because", passerelle.records.sealed.SealedJson(default=list)),
            ("delivered_at", models.DateTimeField()),
            ("opened_at", models.DateTimeField(blank=True, null=True)),
            ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
            (
                "duty",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="records.duty"
                ),
            ),
            (
                "report",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="records.report"
                ),
            ),
            (
                "recipient",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="received", to="records.service"
                ),
            ),
            (
                "sender",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="sent", to="records.service"
                ),
            ),
            ("names", models.JSONField(default=list)),
            ("recall_reason", passerelle.records.sealed.SealedText(blank=True, default="")),
            ("recalled_at", models.DateTimeField(blank=True, null=True)),
            ("decided", models.BooleanField(default=False)),
            ("torn", passerelle.records.sealed.SealedJson(default=dict)),
        ],
        options={
            "verbose_name_plural": "deliveries",
            "ordering": ["-delivered_at", "-id"],
            "indexes": [],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("form__in", ["whole", "extract", "pointer"])), name="delivery_form"
                ),
                models.UniqueConstraint(
                    condition=models.Q(("evidence", "recalled"), _negated=True),
                    fields=("report", "report_version", "recipient", "form"),
                    name="delivery_once",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("evidence__in", ["queued", "delivered", "opened", "acknowledged", "acted_upon", "recalled"])
                    ),
                    name="delivery_evidence",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Withholding",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(
                    default=passerelle.records.models.deliveries.new_withholding_ref, max_length=40, unique=True
                ),
            ),
            ("ground", models.CharField(max_length=2)),
            ("reason", passerelle.records.sealed.SealedText()),
            ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
            ("decided_at", models.DateTimeField()),
            ("outcome", models.CharField(blank=True, max_length=12)),
            ("reviewed_at", models.DateTimeField(blank=True, null=True)),
            ("review_reason", passerelle.records.sealed.SealedText(blank=True)),
            (
                "decided_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "duty",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="withholdings", to="records.duty"
                ),
            ),
            (
                "reviewed_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
        ],
        options={
            "indexes": [],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("outcome", ""), ("reviewed_by__isnull", True)),
                        models.Q(("outcome__in", ["upheld", "overturned"]), ("reviewed_by__isnull", False)),
                        _connector="OR",
                    ),
                    name="withholding_reviewed",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("reviewed_by__isnull", True),
                        models.Q(("reviewed_by", models.F("decided_by")), _negated=True),
                        _connector="OR",
                    ),
                    name="withholding_four_eyes",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Overload",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(
                    default=passerelle.records.models.overloads.new_overload_ref, max_length=40, unique=True
                ),
            ),
            ("kind", models.CharField(max_length=12)),
            ("reason", passerelle.records.sealed.SealedText()),
            ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
            ("signed_at", models.DateTimeField()),
            ("until", models.DateTimeField()),
            ("outcome", models.CharField(blank=True, max_length=10)),
            ("ended_at", models.DateTimeField(blank=True, null=True)),
            (
                "review",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, related_name="overload", to="records.duty"
                ),
            ),
            (
                "service",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="overloads", to="records.service"
                ),
            ),
            (
                "signed_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={
            "ordering": ["-signed_at", "-id"],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("ended_at__isnull", True)), fields=("service", "kind"), name="overload_once"
                ),
                models.CheckConstraint(condition=models.Q(("until__gt", models.F("signed_at"))), name="overload_ends"),
                models.CheckConstraint(
                    condition=models.Q(("outcome__in", ["", "upheld", "overturned"])), name="overload_outcome"
                ),
            ],
            "indexes": [],
        },
    ),
    migrations.CreateModel(
        name="Message",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(
                    default=passerelle.records.models.channels.new_message_ref, max_length=40, unique=True
                ),
            ),
            ("state", models.CharField(default="waiting", max_length=10)),
            ("made_at", models.DateTimeField()),
            ("tries", models.PositiveSmallIntegerField(default=0)),
            ("next_at", models.DateTimeField(blank=True, null=True)),
            ("claimed_until", models.DateTimeField(blank=True, null=True)),
            ("ended_at", models.DateTimeField(blank=True, null=True)),
            ("fault", models.CharField(blank=True, max_length=60)),
            (
                "channel",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="records.channel"
                ),
            ),
            (
                "duty",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="messages",
                    to="records.duty",
                ),
            ),
            (
                "notice",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="messages",
                    to="records.notice",
                ),
            ),
        ],
        options={
            "ordering": ["made_at", "id"],
            "indexes": [
                models.Index(condition=models.Q(("state", "waiting")), fields=["next_at", "id"], name="message_next")
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("state__in", ["waiting", "sent", "parked", "dropped"])), name="message_state"
                ),
                models.CheckConstraint(
                    condition=models.Q(("duty__isnull", False), ("notice__isnull", False), _connector="OR"),
                    name="message_about",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("ended_at__isnull", True), ("next_at__isnull", False), ("state", "waiting")),
                        models.Q(
                            models.Q(("state", "waiting"), _negated=True),
                            ("ended_at__isnull", False),
                            ("next_at__isnull", True),
                        ),
                        _connector="OR",
                    ),
                    name="message_goes_on_or_has_ended",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Question",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "ref",
                models.CharField(
                    default=passerelle.records.models.questions.new_question_ref, max_length=40, unique=True
                ),
            ),
            ("purpose", models.CharField(max_length=40)),
            ("language", models.CharField(max_length=2)),
            ("themes", models.JSONField(default=list)),
            ("territory", models.CharField(blank=True, max_length=60)),
            ("discreet", models.BooleanField(default=False)),
            ("text", passerelle.records.sealed.SealedText()),
            ("salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
            ("asked_at", models.DateTimeField()),
            ("answer", passerelle.records.sealed.SealedText(blank=True, default="")),
            ("answer_salt", models.BinaryField(default=passerelle.records.models.reports.new_salt)),
            ("answered_at", models.DateTimeField(blank=True, null=True)),
            (
                "answered_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "asked_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "delivery",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="questions",
                    to="records.delivery",
                ),
            ),
            (
                "duty",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, related_name="question", to="records.duty"
                ),
            ),
            (
                "match",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="questions",
                    to="records.match",
                ),
            ),
            (
                "parent",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="asked_back",
                    to="records.question",
                ),
            ),
            (
                "report",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="questions",
                    to="records.report",
                ),
            ),
            (
                "service",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="records.service"
                ),
            ),
        ],
        options={
            "ordering": ["-asked_at", "-id"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("answered_at__isnull", True), ("answered_by__isnull", True)),
                        models.Q(("answered_at__isnull", False), ("answered_by__isnull", False)),
                        _connector="OR",
                    ),
                    name="question_answered",
                )
            ],
            "indexes": [],
        },
    ),
]
