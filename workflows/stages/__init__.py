"""Composite stages: what most programmes consist of. Each gives states, steps, edges and guards, and takes a
programme's own words, roles, guards, limits and effects: `approval(approve=vary(when=[…]))`."""

from workflows.engine.composite import vary
from workflows.stages.appeal import appeal, appeal_person, appeals_answered
from workflows.stages.approval import approval
from workflows.stages.certificate import certificate
from workflows.stages.correction import correction
from workflows.stages.handling import handling
from workflows.stages.inspection import inspection
from workflows.stages.intake import intake
from workflows.stages.notice import notice
from workflows.stages.panel import panel
from workflows.stages.payment import payment
from workflows.stages.roster import roster
from workflows.stages.withdrawal import withdrawal

__all__ = [
    "appeal", "appeal_person", "appeals_answered", "approval", "certificate", "correction", "handling", "inspection", "intake", "notice", "panel",
    "payment", "roster", "vary", "withdrawal",
]  # fmt: skip
