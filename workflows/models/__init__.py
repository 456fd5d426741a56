"""What the engine and the pages keep. One noun a module."""

from workflows.models.absence import Absence
from workflows.models.appeal import Appeal
from workflows.models.application import Application, ApplicationPaper, ApplicationQuerySet
from workflows.models.approval import ApprovalProcess
from workflows.models.bar import Bar
from workflows.models.batch import Batch, BatchItem
from workflows.models.calendar import CalendarDay, CalendarOverride, RegionDay
from workflows.models.calendar_change import CalendarChange, LimitMove
from workflows.models.case_count import CaseCount
from workflows.models.certificate import Certificate
from workflows.models.checkpoint import AuditCheckpoint
from workflows.models.correction import CorrectionPoint
from workflows.models.event import Command, Deadline, Edge, Event
from workflows.models.figure import EnteredFigure
from workflows.models.inspection import (
    InspectionProcess,
    InspectionTour,
    TourInspector,
    Visit,
    VisitNote,
    VisitPhoto,
    VisitSignature,
)
from workflows.models.kept_answer import KeptAnswer
from workflows.models.manifest import Manifest, ManifestPart
from workflows.models.notice import Notice, NoticeLine, Objection
from workflows.models.payment import PaymentLine, PaymentList
from workflows.models.person import Person, Result, RosterImport, StagedPerson
from workflows.models.review_conflicts import Conflict, ConflictQuerySet, ExcludedExpert
from workflows.models.review_experts import (
    Bid,
    Competence,
    Expert,
    ExpertChange,
    ExpertField,
    ExpertPost,
    ExpertRelation,
    ExpertTitle,
    FieldChange,
    Ranking,
    Unavailability,
)
from workflows.models.review_lots import Lot
from workflows.models.review_planning import CaseField, PlanningRun
from workflows.models.review_scores import Assignment, Conclusion, Remark, Review, ReviewDraft
from workflows.models.review_sessions import (
    ReviewSession,
    Room,
    Seat,
    SessionItem,
    SessionNote,
    SessionProcess,
)
from workflows.models.round import Round
from workflows.models.saved_search import SavedSearch
from workflows.models.tax_record import TaxRecord, TaxRecordImport
from workflows.models.version import CaseMigration, PolicyVersion
from workflows.models.webhook import Webhook, WebhookDelivery

__all__ = [
    "Absence",
    "Appeal",
    "Application",
    "ApplicationPaper",
    "ApplicationQuerySet",
    "ApprovalProcess",
    "Assignment",
    "AuditCheckpoint",
    "Bar",
    "Batch",
    "BatchItem",
    "Bid",
    "CalendarChange",
    "CalendarDay",
    "CalendarOverride",
    "CaseCount",
    "CaseField",
    "CaseMigration",
    "Certificate",
    "Command",
    "Competence",
    "Conclusion",
    "Conflict",
    "ConflictQuerySet",
    "CorrectionPoint",
    "Deadline",
    "Edge",
    "EnteredFigure",
    "Event",
    "ExcludedExpert",
    "Expert",
    "ExpertChange",
    "ExpertField",
    "ExpertPost",
    "ExpertRelation",
    "ExpertTitle",
    "FieldChange",
    "InspectionProcess",
    "InspectionTour",
    "KeptAnswer",
    "LimitMove",
    "Lot",
    "Manifest",
    "ManifestPart",
    "Notice",
    "NoticeLine",
    "Objection",
    "PaymentLine",
    "PaymentList",
    "Person",
    "PlanningRun",
    "PolicyVersion",
    "Ranking",
    "RegionDay",
    "Remark",
    "Result",
    "Review",
    "ReviewDraft",
    "ReviewSession",
    "Room",
    "RosterImport",
    "Round",
    "SavedSearch",
    "Seat",
    "SessionItem",
    "SessionNote",
    "SessionProcess",
    "StagedPerson",
    "TaxRecord",
    "TaxRecordImport",
    "TourInspector",
    "Unavailability",
    "Visit",
    "VisitNote",
    "VisitPhoto",
    "VisitSignature",
    "Webhook",
    "WebhookDelivery",
]
