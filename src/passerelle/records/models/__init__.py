"""All tables by noun. The ledger's table is loaded, and offered under no name here: only `flow` writes it."""

import passerelle.records.models.ledger  # noqa: F401 (Django must know the table)
from passerelle.records.models.accounts import Account, AccountKey, Command, Nonce
from passerelle.records.models.attempts import Attempt
from passerelle.records.models.channels import Channel, Message
from passerelle.records.models.commonness import NameCount, NameWord
from passerelle.records.models.corrections import Correction
from passerelle.records.models.deliveries import Delivery, Withholding
from passerelle.records.models.dossiers import Dossier, Interest
from passerelle.records.models.drafts import Draft
from passerelle.records.models.duties import Duty
from passerelle.records.models.factors import Factor, FactorReset, RecoveryCode
from passerelle.records.models.findables import Findable, Posting, Search, Spelling
from passerelle.records.models.grants import Grant
from passerelle.records.models.handovers import Handover, Reservation
from passerelle.records.models.identities import Identity
from passerelle.records.models.lessons import Lesson
from passerelle.records.models.matches import Judgement, Match
from passerelle.records.models.notices import Heartbeat, Notice
from passerelle.records.models.overloads import Overload
from passerelle.records.models.oversight import Order, Sample, SampleItem
from passerelle.records.models.proposals import Proposal
from passerelle.records.models.questions import Question
from passerelle.records.models.readings import Reading
from passerelle.records.models.registers import RefusedRow, Register, RegisterRow
from passerelle.records.models.reports import Report, ReportVersion
from passerelle.records.models.requests import PersonRequest, RequestPart
from passerelle.records.models.reviews import PeriodicReview
from passerelle.records.models.rules import RuleTable
from passerelle.records.models.services import Officer, Service
from passerelle.records.models.subjects import Key, Relation, Subject
from passerelle.records.models.visits import Visit
from passerelle.records.models.witnesses import Checkpoint, Gap, Witness

__all__ = [
    "Account",
    "AccountKey",
    "Attempt",
    "Channel",
    "Checkpoint",
    "Command",
    "Correction",
    "Delivery",
    "Dossier",
    "Draft",
    "Duty",
    "Factor",
    "FactorReset",
    "Findable",
    "Gap",
    "Grant",
    "Handover",
    "Heartbeat",
    "Identity",
    "Interest",
    "Judgement",
    "Key",
    "Lesson",
    "Match",
    "Message",
    "NameCount",
    "NameWord",
    "Nonce",
    "Notice",
    "Officer",
    "Order",
    "Overload",
    "PeriodicReview",
    "PersonRequest",
    "Posting",
    "Proposal",
    "Question",
    "Reading",
    "RecoveryCode",
    "RefusedRow",
    "Register",
    "RegisterRow",
    "Relation",
    "Report",
    "ReportVersion",
    "RequestPart",
    "Reservation",
    "RuleTable",
    "Sample",
    "SampleItem",
    "Search",
    "Service",
    "Spelling",
    "Subject",
    "Visit",
    "Withholding",
    "Witness",
]
