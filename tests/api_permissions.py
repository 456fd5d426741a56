"""Who may call which operation of the API: one row for each; and for each page the operation that does the same.

A page that is added needs an operation that names it in `page`, or a reason in `PAGES_ALONE`; else the tests fail. Of a
page with several acts (`ACTS`) each needs its own, named `page/act`.
"""

from collections.abc import Collection
from dataclasses import dataclass

from accounts.models import APPLICANT_ROLES, Role, Scope
from tests.permissions import CASHIER, CLERK, DESK, EXPERT, KEEPERS, OFFICIAL, SESSION_READERS, SIGNED_IN
from workflows.web.experts import file, parts, tree
from workflows.web.official import batch_acts
from workflows.web.planning import acts as planning_acts
from workflows.web.sessions import acts as session_acts
from workflows.web.sessions import board, seat
from workflows.web.webhooks import pages as webhook_pages


@dataclass(frozen=True, slots=True)
class ApiRow:
    """One operation of the API: the scope of the token, who may, whose object; and what its request says.

    `only` are those who are let in where the operation is declared wider; `page` names the pages, and the acts
    of pages, that do the same.
    """

    scope: Scope
    who: str | frozenset[str]
    of: str = ""
    page: str = ""
    only: frozenset[str] = frozenset()


READ, WRITE = Scope.CASES_READ, Scope.CASES_WRITE
B_READ, B_WRITE = Scope.BATCHES_READ, Scope.BATCHES_WRITE
P_READ, P_WRITE = Scope.PAYMENTS_READ, Scope.PAYMENTS_WRITE
R_READ, R_WRITE = Scope.REVIEWS_READ, Scope.REVIEWS_WRITE
EMPLOYER = frozenset(APPLICANT_ROLES)
ON_CASES = EMPLOYER | DESK
OFFICES = DESK | {Role.ADMINISTRATOR}
CALENDAR = OFFICIAL | {Role.ADMINISTRATOR}
UPLOADER = frozenset({Role.OWNER})

API_ROWS: dict[str, ApiRow] = {
    "programmes": ApiRow(READ, SIGNED_IN, page="guides"),
    "programme": ApiRow(READ, SIGNED_IN, page="guide"),
    "pre_check": ApiRow(READ, SIGNED_IN, page="pre_check"),
    "rounds": ApiRow(READ, SIGNED_IN, page="calls"),
    "round_": ApiRow(READ, SIGNED_IN, page="call"),
    "cases": ApiRow(READ, ON_CASES, page="my_applications"),
    "start_case": ApiRow(WRITE, EMPLOYER, page="application_start"),
    "case": ApiRow(READ, ON_CASES, of="case", page="application"),
    "case_timeline": ApiRow(READ, ON_CASES, of="case", page="case_history"),
    "case_receipt": ApiRow(READ, EMPLOYER, of="case", page="application_receipt"),
    "case_step": ApiRow(WRITE, ON_CASES, of="case_step", page="case_step"),
    "case_colleagues": ApiRow(READ, CLERK, of="case", page="case"),
    "case_reveal": ApiRow(Scope.SEALED_READ, DESK, of="case", page="case_reveal"),
    "case_dossier": ApiRow(READ, ON_CASES, of="case", page="case_give_dossier application_dossier"),
    "case_sections": ApiRow(READ, ON_CASES, of="case", page="application_check"),
    "case_section_save": ApiRow(WRITE, EMPLOYER, of="draft_section", page="application_section"),
    "case_declaration": ApiRow(WRITE, EMPLOYER, of="draft", page="application_check"),
    "case_people": ApiRow(READ, ON_CASES, of="case", page="case_people application_roster"),
    "case_person": ApiRow(READ, ON_CASES, of="person", page="application_person"),
    "case_person_add": ApiRow(WRITE, EMPLOYER, of="draft", page="application_person_add"),
    "case_person_save": ApiRow(WRITE, EMPLOYER, of="draft_person", page="application_person"),
    "case_person_remove": ApiRow(WRITE, EMPLOYER, of="draft_person", page="application_person_remove"),
    "roster_begin": ApiRow(WRITE, EMPLOYER, of="draft", page="application_roster_upload"),
    "roster_finish": ApiRow(WRITE, EMPLOYER, of="draft_upload", page="application_roster_finish", only=UPLOADER),
    "roster_imports_list": ApiRow(READ, EMPLOYER, of="draft", page="application_roster_newest"),
    "roster_import": ApiRow(READ, EMPLOYER, of="roster_import", page="application_roster_import"),
    "roster_import_errors": ApiRow(READ, EMPLOYER, of="roster_import", page="application_import_errors"),
    "roster_import_apply": ApiRow(WRITE, EMPLOYER, of="roster_import", page="application_roster_apply"),
    "roster_import_drop": ApiRow(WRITE, EMPLOYER, of="roster_import", page="application_roster_drop"),
    "case_papers": ApiRow(READ, ON_CASES, of="case", page="application_papers"),
    "case_paper_begin": ApiRow(WRITE, EMPLOYER, of="draft_paper", page="application_paper_upload"),
    "case_paper_finish": ApiRow(WRITE, EMPLOYER, of="draft_paper", page="application_paper_finish", only=UPLOADER),
    "case_paper_content": ApiRow(READ, ON_CASES, of="paper", page="case_paper"),
    "case_paper_remove": ApiRow(WRITE, EMPLOYER, of="draft_paper", page="application_paper_remove"),
    "case_points": ApiRow(READ, ON_CASES, of="case", page="case_corrections"),
    "case_point_answer": ApiRow(WRITE, EMPLOYER, of="point", page="application_correction"),
    "document": ApiRow(READ, SIGNED_IN, of="document", page="storage:status"),
    "worklist": ApiRow(READ, DESK, page="worklist"),
    "worklist_manifest": ApiRow(READ, DESK, of="many", page="case_many"),
    "worklist_step": ApiRow(WRITE, DESK, of="many", page="case_many"),
    "worklist_syntax": ApiRow(READ, DESK, page="worklist"),
    "manifest_prepare": ApiRow(WRITE, DESK, of="many", page="case_many"),
    # Whoever drew it up: in the world of the test, the clerk.
    "manifest": ApiRow(READ, DESK, of="manifest", page="manifest", only=CLERK),
    "manifest_blocked": ApiRow(READ, DESK, of="manifest", page="manifest_blocked", only=CLERK),
    "manifest_commit": ApiRow(WRITE, DESK, of="manifest", page="manifest_commit", only=CLERK),
    "searches": ApiRow(READ, DESK, page="saved_searches"),
    "search_save": ApiRow(WRITE, DESK, page="saved_search_add"),
    # Of the handling office: its people alone know of it.
    **dict.fromkeys(
        ("search_change", "search_remove", "search_restore"),
        ApiRow(WRITE, DESK, of="saved_search", page="saved_search_change", only=CLERK),
    ),
    "tax_records": ApiRow(READ, DESK, of="round", page="tax_records tax_record"),
    "tax_record": ApiRow(READ, DESK, of="tax_import", page="tax_record_import"),
    "tax_record_begin": ApiRow(WRITE, CLERK, of="round", page="tax_record_begin"),
    "tax_record_finish": ApiRow(WRITE, CLERK, of="tax_upload", page="storage:finish"),
    "tax_record_start": ApiRow(WRITE, CLERK, of="tax_import", page="tax_record_start"),
    "tax_record_compare": ApiRow(WRITE, CLERK, of="tax_import", page="tax_record_compare"),
    "batches": ApiRow(B_READ, DESK, page="batches"),
    "batch_open": ApiRow(B_WRITE, CLERK, of="open", page="batch_open"),
    "batch": ApiRow(B_READ, DESK, of="batch", page="batch"),
    "batch_manifest": ApiRow(B_READ, DESK, of="batch", page="batch_manifest"),
    "batch_blocked": ApiRow(B_READ, DESK, of="batch", page="batch"),
    "batch_cases": ApiRow(B_READ, DESK, of="batch", page="batch"),
    "batch_colleagues": ApiRow(B_READ, DESK, of="batch", page="batch"),
    "batch_notice": ApiRow(B_READ, DESK, of="batch", page="batch_notice"),
    "batch_add_cases": ApiRow(B_WRITE, CLERK, of="batch", page="batch_add"),
    **{
        f"batch_{act}": ApiRow(B_WRITE, DESK, of="batch", page=f"batch_act/{act}")
        for act in ("take_out", "claim", "hand_over", "hand_in", "verify", "approve", "send_back", "release_notice",
                    "close")
    },
    "notices": ApiRow(B_READ, DESK, page="notices"),
    "notice": ApiRow(B_READ, DESK, of="notice", page="notice"),
    "notice_withdraw": ApiRow(B_WRITE, OFFICIAL, of="notice", page="notice_withdraw"),
    "notice_again": ApiRow(B_WRITE, OFFICIAL, of="notice", page="notice_again"),
    "notice_lines": ApiRow(B_READ, DESK, of="notice", page="notice"),
    "objections": ApiRow(B_READ, DESK, page="objections"),
    "objection": ApiRow(B_READ, DESK, of="objection", page="objection"),
    "objection_open": ApiRow(Scope.SEALED_READ, DESK, of="objection", page="objection_open", only=OFFICIAL),
    "objection_evidence": ApiRow(Scope.SEALED_READ, DESK, of="objection", page="objection_evidence", only=OFFICIAL),
    "objection_decide": ApiRow(B_WRITE, DESK, of="objection", page="objection_decide", only=OFFICIAL),
    "payments_waiting": ApiRow(P_READ, DESK, page="payments"),
    "payment_lists": ApiRow(P_READ, DESK, page="payments"),
    "payment_list_make": ApiRow(P_WRITE, CASHIER, of="open", page="payments_make"),
    "payment_list": ApiRow(P_READ, DESK, of="list", page="payment_list"),
    "payment_list_lines": ApiRow(P_READ, DESK, of="list", page="payment_list"),
    "payment_line_reveal": ApiRow(
        Scope.SEALED_READ, DESK, of="line", page="payment_reveal", only=DESK - {Role.CLERK}
    ),
    "payment_list_export": ApiRow(Scope.SEALED_READ, CASHIER, of="list", page="payment_export"),
    "bank_return_begin": ApiRow(P_WRITE, CASHIER, of="list", page="return_begin"),
    "bank_return_finish": ApiRow(P_WRITE, CASHIER, of="bank_return", page="storage:finish"),
    "bank_return": ApiRow(P_READ, CASHIER, of="bank_return", page="bank_return"),
    "bank_return_apply": ApiRow(P_WRITE, CASHIER, of="bank_return", page="bank_return"),
    "ledger": ApiRow(P_READ, DESK, page="ledger"),
    "messages": ApiRow(READ, SIGNED_IN, page="messages:list"),
    "message_read": ApiRow(WRITE, SIGNED_IN, of="message", page="messages:read"),
    "webhook_events": ApiRow(Scope.WEBHOOKS, SIGNED_IN, page="webhook_list"),
    "webhooks": ApiRow(Scope.WEBHOOKS, SIGNED_IN, page="webhook_list"),
    "webhook_make": ApiRow(Scope.WEBHOOKS, SIGNED_IN, page="webhook_list"),
    **{
        f"webhook_{act}": ApiRow(Scope.WEBHOOKS, SIGNED_IN, of="webhook", page=f"webhook_act/{act}")
        for act in ("pause", "resume", "ping")
    },
    "webhook": ApiRow(Scope.WEBHOOKS, SIGNED_IN, of="webhook", page="webhook_log"),
    "webhook_deliveries": ApiRow(Scope.WEBHOOKS, SIGNED_IN, of="webhook", page="webhook_log"),
    "webhook_redeliver": ApiRow(Scope.WEBHOOKS, SIGNED_IN, of="delivery", page="webhook_again"),
    "webhook_end": ApiRow(Scope.WEBHOOKS, SIGNED_IN, of="webhook", page="webhook_act/end"),
    "round_statistics": ApiRow(B_READ, DESK, of="round", page="statistics"),
    "reviews": ApiRow(R_READ, EXPERT, page="reviews"),
    "review": ApiRow(R_READ, EXPERT, of="case", page="review_case"),
    "review_paper_content": ApiRow(R_READ, EXPERT, of="paper", page="review_paper"),
    "review_undertake": ApiRow(R_WRITE, EXPERT, of="scored", page="review_undertake"),
    "review_recuse": ApiRow(R_WRITE, EXPERT, of="case", page="review_recuse"),
    "review_sheet": ApiRow(R_READ, EXPERT, of="scored", page="score_sheet score_sheet_check"),
    "review_sheet_save": ApiRow(R_WRITE, EXPERT, of="scored", page="score_sheet_save"),
    "review_sheet_revise": ApiRow(R_WRITE, EXPERT, of="scored", page="score_sheet_revise"),
    "review_submit": ApiRow(R_WRITE, EXPERT, of="scored", page="score_sheet_check"),
    "review_abstain": ApiRow(R_WRITE, EXPERT, of="scored", page="score_sheet_abstain"),
    "review_others": ApiRow(R_READ, EXPERT, of="scored", page="case_reviews"),
    "review_remark": ApiRow(R_WRITE, EXPERT, of="scored", page="case_reviews"),
    "review_conclude": ApiRow(R_WRITE, EXPERT, of="scored", page="conclusion"),
    "experts": ApiRow(R_READ, KEEPERS, page="experts"),
    "case_conflicts": ApiRow(R_READ, DESK, of="case", page="case_conflicts"),
    "case_conflict_declare": ApiRow(R_WRITE, KEEPERS, of="scored", page="conflict_declare"),
    "case_conflict_settle": ApiRow(R_WRITE, KEEPERS, of="conflict", page="conflict_settle"),
    "round_sessions": ApiRow(R_READ, SESSION_READERS, of="round", page="sessions"),
    "round_ranking": ApiRow(R_READ, DESK, of="scored_round", page="ranking"),
    "round_ranking_freeze": ApiRow(R_WRITE, KEEPERS, of="scored_round", page="ranking"),
    "sessions": ApiRow(R_READ, SESSION_READERS, page="sessions"),
    "session": ApiRow(R_READ, SESSION_READERS, of="session", page="session"),
    "session_board": ApiRow(R_READ, SESSION_READERS, of="session", page="session_board session_board_live"),
    "session_minutes": ApiRow(R_READ, SESSION_READERS, of="session", page="session_minutes"),
    "session_candidates": ApiRow(R_READ, CLERK, of="round", page="session_make"),
    "session_make": ApiRow(R_WRITE, CLERK, page="session_make"),
    "rooms": ApiRow(R_READ, CLERK, page="rooms"),
    "room_open": ApiRow(R_WRITE, CLERK, page="rooms"),
    "room_close": ApiRow(R_WRITE, CLERK, of="room", page="rooms"),
    **{
        f"session_{act}": ApiRow(
            R_WRITE, OFFICIAL if act in ("commit", "reveal") else CLERK, of="session",
            page=f"session_act/{act}" + " session_board_act/open" * (act == "open"),
        )
        for act in ("announce", "commit", "reveal", "draw", "seat", "invite", "confirm", "open", "hand_over",
                    "conclude", "cancel", "add", "reschedule", "chair")
    },
    "session_drop": ApiRow(R_WRITE, CLERK, of="session_seat", page="session_act/drop"),
    "session_take_out": ApiRow(R_WRITE, CLERK, of="session_case", page="session_act/take_out"),
    "session_move": ApiRow(R_WRITE, CLERK, of="session_case", page="session_act/move"),
    "session_sign_in": ApiRow(R_WRITE, CLERK, of="session_seat", page="session_board_act/sign_in"),
    **{
        f"session_{act}": ApiRow(R_WRITE, CLERK, of="session_case", page=f"session_board_act/{act}")
        for act in ("call", "questions", "end")
    },
    "my_seats": ApiRow(R_READ, EXPERT, page="my_sessions"),
    "my_seat": ApiRow(R_READ, EXPERT, of="seat", page="my_seat"),
    "my_seat_minutes": ApiRow(R_READ, EXPERT, of="seat", page="my_seat_minutes"),
    **{
        f"my_seat_{act}": ApiRow(R_WRITE, EXPERT, of="seat", page=f"my_seat_act/{act}")
        for act in ("accept", "decline", "sign_in", "sign")
    },
    "planning_rounds": ApiRow(R_READ, CLERK, page="planning"),
    "planning_runs": ApiRow(R_READ, CLERK, of="round", page="planning_round"),
    "planning_assign": ApiRow(R_WRITE, CLERK, of="round", page="planning_round"),
    "planning_sessions": ApiRow(R_WRITE, CLERK, of="round", page="planning_round"),
    "planning_run": ApiRow(R_READ, CLERK, of="planning_run", page="planning_run"),
    "planning_pairs": ApiRow(R_READ, CLERK, of="planning_run", page="planning_run"),
    **{
        f"planning_{act}": ApiRow(R_WRITE, CLERK, of="planning_run", page=f"planning_act/{act}")
        for act in ("confirm", "again", "drop")
    },
    "planning_bids": ApiRow(R_WRITE, CLERK, of="round", page="planning_round"),
    "bids": ApiRow(R_READ, EXPERT, page="review_bids"),
    "bids_say": ApiRow(R_WRITE, EXPERT, page="review_bids"),
    "planning_fields": ApiRow(R_READ, CLERK, of="round", page="planning_fields"),
    "planning_fields_say": ApiRow(R_WRITE, CLERK, of="round", page="planning_fields"),
    "expert": ApiRow(R_READ, KEEPERS, of="expert", page="expert", only=CLERK),
    "expert_enter": ApiRow(R_WRITE, KEEPERS, page="expert_enter"),
    "expert_edit": ApiRow(R_WRITE, KEEPERS, of="expert", page="expert_edit", only=CLERK),
    "expert_known": ApiRow(R_WRITE, KEEPERS, of="expert", page="expert_known", only=CLERK),
    **{
        f"expert_{act}": ApiRow(R_WRITE, KEEPERS, of="expert", page=f"expert_decide/{act}", only=CLERK)
        for act in ("approve", "refuse", "suspend", "resume", "remove")
    },
    "expert_reveal": ApiRow(Scope.SEALED_READ, KEEPERS, of="expert", page="expert_reveal", only=CLERK),
    "expert_add": ApiRow(R_WRITE, KEEPERS, of="expert_kind", page="expert_add", only=CLERK),
    "expert_part": ApiRow(
        R_WRITE, KEEPERS, of="expert_part", page="expert_part/confirm expert_part/end expert_part/remove", only=CLERK
    ),
    "expert_evidence": ApiRow(R_READ, KEEPERS, of="expert_title", page="expert_evidence", only=CLERK),
    "expert_evidence_begin": ApiRow(R_WRITE, KEEPERS, of="expert_title", page="expert_evidence_begin", only=CLERK),
    "expert_evidence_finish": ApiRow(R_WRITE, KEEPERS, of="expert_upload", page="storage:finish", only=CLERK),
    "experts_approve": ApiRow(R_WRITE, OFFICIAL, page="experts_approve"),
    "experts_regrade": ApiRow(R_WRITE, KEEPERS, page="experts_regrade"),
    "experts_lists": ApiRow(R_READ, KEEPERS, page="experts_import", only=CLERK),
    "experts_list_begin": ApiRow(R_WRITE, KEEPERS, page="experts_import_begin", only=CLERK),
    "experts_list_finish": ApiRow(R_WRITE, KEEPERS, of="expert_list", page="storage:finish", only=CLERK),
    "experts_list": ApiRow(R_READ, KEEPERS, of="expert_list", page="experts_import_check", only=CLERK),
    "experts_list_apply": ApiRow(R_WRITE, KEEPERS, of="expert_list", page="experts_import_check", only=CLERK),
    # One tree for every office.
    "expert_fields": ApiRow(R_READ, KEEPERS, page="expert_fields"),
    "expert_field": ApiRow(R_READ, KEEPERS, page="expert_field"),
    "expert_field_add": ApiRow(R_WRITE, KEEPERS, page="expert_field_add"),
    "expert_field_change": ApiRow(R_WRITE, KEEPERS, page="expert_field"),
    **{
        f"expert_field_{act}": ApiRow(R_WRITE, KEEPERS, page=f"expert_field_act/{act}")
        for act in ("up", "down", "retire", "restore")
    },
    "expert_fields_load": ApiRow(R_WRITE, KEEPERS, page="expert_fields_load"),
    "apply_expert": ApiRow(R_WRITE, SIGNED_IN, page="apply_expert"),
    "my_expert": ApiRow(R_READ, EXPERT, page="my_expert"),
    "my_expert_edit": ApiRow(R_WRITE, EXPERT, page="my_expert_edit"),
    "my_expert_known": ApiRow(R_WRITE, EXPERT, page="my_expert_known"),
    "my_expert_add": ApiRow(R_WRITE, EXPERT, page="my_expert_add"),
    "my_expert_part": ApiRow(R_WRITE, EXPERT, of="my_part", page="my_expert_part/end my_expert_part/remove"),
    "my_expert_evidence": ApiRow(R_READ, EXPERT, of="my_title", page="my_expert_evidence"),
    "my_expert_evidence_begin": ApiRow(R_WRITE, EXPERT, of="my_title", page="my_expert_evidence_begin"),
    "my_expert_evidence_finish": ApiRow(R_WRITE, EXPERT, of="my_upload", page="storage:finish"),
    "tours": ApiRow(R_READ, DESK, page="tours"),
    "tour": ApiRow(R_READ, DESK, of="tour", page="tour"),
    "tour_offers": ApiRow(R_READ, CLERK, of="founder_round", page="tour_plan"),
    "tour_plan": ApiRow(R_WRITE, CLERK, of="founder_round", page="tour_plan"),
    "visit": ApiRow(R_READ, DESK, of="visit", page="visit"),
    "case_visit": ApiRow(R_READ, DESK, of="visited", page="case_inspection"),
    "visit_photo": ApiRow(R_READ, DESK, of="visit_photo", page="visit_photo"),
    "visit_drop": ApiRow(R_WRITE, CLERK, of="visit", page="visit_drop"),
    **{
        f"visit_{act}": ApiRow(R_WRITE, KEEPERS, of="visit", page=f"visit_{act}")
        for act in ("note", "photo_begin", "report", "reopen", "sign")
    },
    "visit_photo_finish": ApiRow(R_WRITE, KEEPERS, of="visit_document", page="visit_photo_finish"),
    "visit_photo_remove": ApiRow(R_WRITE, KEEPERS, of="visit_photo", page="visit_photo_remove"),
    "rankings": ApiRow(R_READ, DESK, page="rankings"),
    "ranking_frozen": ApiRow(R_READ, DESK, of="ranking", page="ranking_frozen"),
    "ranking_lot_announce": ApiRow(R_WRITE, KEEPERS, of="scored_round", page="ranking_lot"),
    "ranking_lot_enter": ApiRow(R_WRITE, KEEPERS, of="scored_round", page="ranking_lot"),
    "case_score": ApiRow(R_READ, DESK, of="scored", page="case_score"),
    "case_exclusions": ApiRow(READ, EMPLOYER, of="draft", page="application_exclusions"),
    "case_exclusion_add": ApiRow(WRITE, EMPLOYER, of="draft", page="application_exclusions"),
    "case_exclusion_remove": ApiRow(WRITE, EMPLOYER, of="exclusion", page="exclusion_remove"),
    "bars": ApiRow(READ, EMPLOYER, page="my_applications"),
    "calendar": ApiRow(READ, OFFICES, page="calendar"),
    "calendar_override": ApiRow(WRITE, CALENDAR, page="calendar"),
    "calendar_change": ApiRow(READ, OFFICES, page="calendar_change"),
    "calendar_take_back": ApiRow(WRITE, CALENDAR, page="calendar_take_back"),
    "absences": ApiRow(READ, OFFICES, page="absences"),
    "absence_arrange": ApiRow(WRITE, OFFICES, page="absences"),
    "absence_end": ApiRow(WRITE, OFFICES, of="absence", page="absence_end", only=OFFICIAL),
    "case_defence": ApiRow(READ, EMPLOYER, of="scored", page="application_defence"),
    "case_defence_name": ApiRow(WRITE, EMPLOYER, of="scored", page="application_defence"),
    "certificate_check": ApiRow(READ, SIGNED_IN, page="certificates certificate"),
    "draw_certificate": ApiRow(READ, SIGNED_IN, page="public_draw public_draw_certificate"),
}  # fmt: skip

PART_ACTS = frozenset(act for part in parts.PARTS.values() for act in part.acts)
# Pages with several acts, each of which needs its operation.
ACTS: dict[str, Collection[str]] = {
    "batch_act": batch_acts.ACTS,
    "expert_decide": file.ACTS,
    "expert_field_act": tree.ACTS,
    "expert_part": PART_ACTS,
    "my_expert_part": PART_ACTS - {"confirm"},
    "my_seat_act": seat.ACTS,
    "planning_act": planning_acts.ACTS,
    "session_act": session_acts.ACTS,
    "session_board_act": board.ACTS,
    "webhook_act": webhook_pages.ACTS,
}

# Pages on which something is done, or read, that the API leaves out, each with its reason.
PAGES_ALONE: dict[str, str] = {
    **dict.fromkeys(
        ("me", "organisation", "register_organisation", "ask_to_join", "members", "edit_organisation",
         "change_member", "end_member", "withdraw_invitation", "invitation", "tokens", "token_make", "token_revoke"),
        "who may act for whom is settled by people who are signed in: a token cannot give rights",
    ),
    **dict.fromkeys(
        ("messages:open", "messages:read-all", "messages:preferences"),
        "how one reads one's messages on a page; a program reads the list and marks single ones",
    ),
    **dict.fromkeys(
        ("storage:folder-upload", "storage:folder-download"),
        "the stand-in for an S3 server, which programs post to directly, with the ticket's fields",
    ),
    **dict.fromkeys(
        ("application_roster_template", "application_roster_errors", "tax_record_template", "return_template",
         "experts_export", "experts_template",
         "worklist_export", "case_people_export", "batch_export", "ledger_export", "score_sheets",
         "score_sheets_export"),
        "a workbook for people; a program reads the same rows from the list",
    ),
    **dict.fromkeys(
        ("application_paper", "application_paper_view", "experts_import_panel",
         "tax_record_panel", "return_panel", "application_section_save"),
        "a part of a page that draws itself anew",
    ),
    **dict.fromkeys(
        ("my_seat_calendar", "application_defence_calendar"),
        "a file for a person’s own calendar; a program reads the same hours from the seat and the defence",
    ),
    **dict.fromkeys(
        ("application_certificate", "case_certificate", "visit_paper"),
        "a paper for people; a program checks its code, or reads what it is made of",
    ),
    **dict.fromkeys(
        ("case_way", "programme_diagram", "programme_svg", "programme_bpmn"),
        "a picture, or a file that is one; a program reads states and steps from `programme`, and the timeline",
    ),
    **dict.fromkeys(
        ("application_print", "case_dossier", "figure_rows"),
        "a page to print or to click through; what stands on it is read by the other operations",
    ),
    **dict.fromkeys(
        ("application_withdraw", "application_appeal", "application_confirm_onward", "case_ask_correction",
         "case_person", "application_person_appeal", "application_revision"),
        "a step of the case: `case_step` takes it",
    ),
}  # fmt: skip
