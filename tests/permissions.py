"""Who may open which address: one row for each URL name. An address without a row fails the tests.

`who` is EVERYBODY, SIGNED_IN, or the roles that the door lets in. `of` names the object in the address, whose
existence people of other organisations may not know of: for them it is a 404. `post` says that a GET is a 405.
"""

from dataclasses import dataclass

from accounts.models import APPLICANT_ROLES, Role

EVERYBODY = "everybody"
SIGNED_IN = "signed in"
DESK = frozenset({Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR})
CLERK = frozenset({Role.CLERK})
OFFICIAL = frozenset({Role.OFFICIAL})
CASHIER = frozenset({Role.CASHIER})
# Addresses that carry a secret of their own; without it there is nothing to see for anybody.
SECRET = frozenset(
    {
        "objection_receipt", "certificate", "invitation", "demo-mail", "storage:folder-download",
        "storage:folder-upload",
        "account_reset_password_from_key", "mfa_download_recovery_codes", "mfa_view_recovery_codes",
        "public_draw", "public_draw_certificate", "public_lot", "mfa_deactivate_totp", "mfa_authenticate",
        "account_email_verification_sent",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """Who may, whose object it is, whether it is only for sending, and who is let in where the door is wider."""

    who: str | frozenset[str]
    of: str = ""
    post: bool = False
    only: frozenset[str] = frozenset()


def _rows(row: Row, *names: str) -> dict[str, Row]:
    return dict.fromkeys(names, row)


PUBLIC_PAGES = (
    _rows(
        Row(EVERYBODY),
        "health_live", "health_ready", "home", "icon", "terms", "start", "calls", "call", "guides", "guide",
        "pre_check",
        "public_notices", "public_notice", "public_notice_lines", "object_to_line", "objection_receipt",
        "results", "result", "progress", "certificates", "certificate", "demo-mails", "demo-mail", "invitation",
        "public_draw", "public_draw_certificate", "public_lot",
        "account_login", "account_signup", "account_inactive", "account_email_verification_sent",
        "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
        "account_reset_password_from_key_done", "mfa_authenticate", "api:docs", "api:openapi", "api:nothing",
    )
    | _rows(Row(EVERYBODY, post=True), "language")
)  # fmt: skip

OWN_PAGES = (
    _rows(
        Row(SIGNED_IN),
        "me", "organisation", "register_organisation", "application_start", "messages:list", "messages:preferences",
        "account_logout", "account_reauthenticate", "account_email", "account_change_password",
        "account_set_password", "account_confirm_login_code", "mfa_index", "mfa_reauthenticate",
        "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes", "storage:folder-download", "tokens", "token_make",
    )
    | _rows(Row(SIGNED_IN), "webhook_list")
    | _rows(Row(SIGNED_IN, of="webhook"), "webhook_log")
    | _rows(Row(SIGNED_IN, of="webhook", post=True), "webhook_act")
    | _rows(Row(SIGNED_IN, of="delivery", post=True), "webhook_again")
    | _rows(Row(SIGNED_IN, of="token", post=True), "token_revoke")
    | _rows(Row(SIGNED_IN, post=True), "ask_to_join", "messages:read-all", "storage:folder-upload")
    | _rows(Row(SIGNED_IN, of="organisation"), "members", "edit_organisation")
    | _rows(Row(SIGNED_IN, of="membership", post=True), "change_member")
    | _rows(Row(SIGNED_IN, of="membership"), "end_member")
    | _rows(Row(SIGNED_IN, of="invitation", post=True), "withdraw_invitation")
    | _rows(Row(SIGNED_IN, of="message"), "messages:open")
    | _rows(Row(SIGNED_IN, of="message", post=True), "messages:read")
    | _rows(Row(SIGNED_IN, of="document", post=True), "storage:finish")
    | _rows(Row(SIGNED_IN, of="document"), "storage:status")
)  # fmt: skip

APPLICANT_PAGES = (
    _rows(Row(APPLICANT_ROLES), "my_applications")
    | _rows(
        Row(APPLICANT_ROLES, of="draft"),
        "application", "application_section", "application_check", "application_print", "application_withdraw",
        "application_appeal",
    )
    | _rows(Row(APPLICANT_ROLES, of="draft", post=True), "application_section_save")
    | _rows(
        Row(APPLICANT_ROLES, of="draft"),
        "application_roster", "application_roster_template", "application_roster_errors", "application_person_add",
        "application_roster_newest", "application_papers", "application_paper", "application_correction",
    )
    | _rows(Row(APPLICANT_ROLES, of="draft", post=True), "application_roster_upload", "application_paper_upload")
    | _rows(Row(APPLICANT_ROLES, of="draft_person"),
            "application_person", "application_person_remove", "application_person_appeal")
    | _rows(
        # Whoever began an upload finishes it: in the world of the test, the owner.
        Row(APPLICANT_ROLES, of="draft_document", post=True, only=frozenset({Role.OWNER})),
        "application_roster_finish", "application_paper_finish",
    )
    | _rows(Row(APPLICANT_ROLES, of="roster_import"), "application_roster_import", "application_import_errors")
    | _rows(Row(APPLICANT_ROLES, of="roster_import", post=True), "application_roster_apply", "application_roster_drop")
    | _rows(Row(APPLICANT_ROLES, of="draft_paper"), "application_paper_view", "application_paper_remove")
    | _rows(Row(APPLICANT_ROLES, of="case"), "application_receipt", "application_certificate")
    | _rows(Row(APPLICANT_ROLES, of="case", post=True), "application_confirm_onward", "application_dossier")
)  # fmt: skip

DESK_PAGES = (
    _rows(Row(DESK), "saved_searches")
    | _rows(Row(DESK, post=True), "saved_search_add")
    # Of the handling office: its people alone know of it.
    | _rows(Row(DESK, of="saved_search", post=True, only=CLERK), "saved_search_change")
    | _rows(Row(DESK), "worklist", "worklist_export", "case_many", "tax_records", "tax_record_template")
    | _rows(
        Row(DESK, of="case"),
        "case", "case_step", "case_people", "case_people_export", "case_reveal", "case_corrections", "case_history",
        "case_dossier", "case_way", "case_certificate",
    )
    # Whoever drew it up: in the world of the test, the clerk.
    | _rows(Row(DESK, of="manifest", only=CLERK), "manifest", "manifest_commit", "manifest_blocked")
    | _rows(Row(DESK, of="case", post=True), "case_give_dossier")
    | _rows(Row(DESK, of="paper"), "case_paper")
    | _rows(Row(DESK, of="person", post=True), "case_person")
    | _rows(Row(CLERK, of="case"), "case_ask_correction")
    | _rows(Row(DESK, of="round"), "tax_record", "tax_record_panel")
    | _rows(Row(CLERK, of="round", post=True), "tax_record_begin")
    | _rows(Row(DESK, of="tax_import"), "tax_record_import")
    | _rows(Row(CLERK, of="tax_import", post=True), "tax_record_start", "tax_record_compare")
)  # fmt: skip

OFFICIAL_PAGES = (
    _rows(
        Row(DESK),
        "batches", "notices", "objections", "payments", "ledger", "ledger_export", "statistics", "figure_rows",
        "programme_diagram", "programme_svg", "programme_bpmn",
    )
    | _rows(Row(CLERK), "batch_open")
    | _rows(Row(DESK, of="batch"), "batch", "batch_act", "batch_notice", "batch_manifest", "batch_export")
    | _rows(Row(CLERK, of="batch"), "batch_add")
    | _rows(Row(DESK, of="notice"), "notice")
    | _rows(Row(OFFICIAL, of="notice"), "notice_withdraw", "notice_again")
    | _rows(Row(DESK, of="objection"), "objection", "objection_decide")
    # A clerk may know that there is one, never by whom.
    | _rows(Row(DESK, of="objection", only=OFFICIAL), "objection_open")
    | _rows(Row(DESK, of="evidence", only=OFFICIAL), "objection_evidence")
    | _rows(Row(CASHIER), "payments_make", "return_template")
    | _rows(Row(DESK, of="list"), "payment_list")
    | _rows(Row(DESK, of="line"), "payment_reveal")
    | _rows(Row(CASHIER, of="list"), "payment_export", "return_panel")
    | _rows(Row(CASHIER, of="list", post=True), "return_begin")
    | _rows(Row(CASHIER, of="bank_return"), "bank_return")
)  # fmt: skip

# Everybody in the offices keeps to the same calendar; officials and administrators change it.
ABSENCE_PAGES = _rows(Row(DESK | {Role.ADMINISTRATOR}), "absences") | _rows(
    # One's own, or an administrator's: in the world of the test, the official's.
    Row(DESK | {Role.ADMINISTRATOR}, of="absence", post=True, only=OFFICIAL),
    "absence_end",
)
CALENDAR_PAGES = _rows(Row(DESK | {Role.ADMINISTRATOR}), "calendar", "calendar_change") | _rows(
    Row(OFFICIAL | {Role.ADMINISTRATOR}, post=True), "calendar_take_back"
)

RANKING_PAGES = (
    _rows(Row(APPLICANT_ROLES, of="scored"), "application_revision")
    | _rows(Row(DESK), "rankings")
    | _rows(Row(DESK, of="scored_round"), "ranking")
    | _rows(Row(DESK, of="scored_round", post=True, only=CLERK | OFFICIAL), "ranking_lot")
    | _rows(Row(DESK, of="ranking"), "ranking_frozen")
    | _rows(Row(DESK, of="scored"), "case_score")
)
# What an expert reviews; in the world of the test it is of another programme, with no panel to act in.
EXPERT = frozenset({Role.EXPERT})
REVIEWER_PAGES = (
    _rows(Row(EXPERT), "reviews", "review_bids")
    | _rows(Row(EXPERT, of="case"), "review_case")
    | _rows(Row(EXPERT, of="case", post=True), "review_undertake", "review_recuse")
    | _rows(Row(EXPERT, of="paper"), "review_paper")
    | _rows(
        Row(EXPERT, of="scored"),
        "score_sheet",
        "score_sheet_check",
        "score_sheet_abstain",
        "conclusion",
        "case_reviews",
    )
    | _rows(Row(EXPERT), "score_sheets", "score_sheets_export")
    | _rows(Row(EXPERT, of="scored", post=True), "score_sheet_save", "score_sheet_revise")
)
RECUSAL_PAGES = (
    _rows(Row(DESK, of="case"), "case_conflicts")
    | _rows(Row(CLERK | OFFICIAL, of="case", post=True), "conflict_declare")
    | _rows(Row(CLERK | OFFICIAL, of="conflict", post=True), "conflict_settle")
    | _rows(Row(APPLICANT_ROLES, of="draft"), "application_exclusions")
    | _rows(Row(APPLICANT_ROLES, of="exclusion", post=True), "exclusion_remove")
)
SESSION_READERS = frozenset({Role.CLERK, Role.OFFICIAL, Role.AUDITOR})
SESSION_PAGES = (
    _rows(Row(SESSION_READERS), "sessions")
    | _rows(Row(CLERK), "session_make", "rooms")
    | _rows(
        Row(SESSION_READERS, of="session"),
        "session", "session_act", "session_board", "session_board_live", "session_board_act", "session_minutes",
    )
    | _rows(Row(EXPERT), "my_sessions")
    | _rows(Row(EXPERT, of="seat"), "my_seat", "my_seat_act", "my_seat_calendar", "my_seat_minutes")
    | _rows(Row(APPLICANT_ROLES, of="scored"), "application_defence", "application_defence_calendar")
)  # fmt: skip
KEEPERS = CLERK | OFFICIAL
# The official of the world's test is of the authority, which keeps no database: only the clerk knows of its files.
EXPERT_PAGES = (
    _rows(Row(EVERYBODY), "become_expert")
    | _rows(Row(SIGNED_IN), "apply_expert")
    | _rows(
        Row(KEEPERS),
        "experts", "expert_enter", "experts_export", "experts_template", "experts_import", "experts_import_panel",
        "expert_fields", "expert_field_add", "expert_field",
    )
    | _rows(Row(OFFICIAL, post=True), "experts_approve")
    | _rows(Row(KEEPERS, post=True), "experts_regrade", "expert_fields_load", "expert_field_act")
    | _rows(Row(KEEPERS, post=True, only=CLERK), "experts_import_begin")
    | _rows(Row(KEEPERS, of="expert_list", only=CLERK), "experts_import_check")
    | _rows(Row(KEEPERS, of="expert", only=CLERK), "expert", "expert_edit", "expert_known", "expert_add")
    | _rows(Row(KEEPERS, of="expert", post=True, only=CLERK), "expert_decide", "expert_reveal")
    | _rows(Row(KEEPERS, of="expert_post", post=True, only=CLERK), "expert_part")
    | _rows(Row(KEEPERS, of="expert_title", only=CLERK), "expert_evidence")
    | _rows(Row(KEEPERS, of="expert_title", post=True, only=CLERK), "expert_evidence_begin")
    | _rows(Row(EXPERT), "my_expert", "my_expert_edit", "my_expert_known", "my_expert_add")
    | _rows(Row(EXPERT, of="my_absence", post=True), "my_expert_part")
    | _rows(Row(EXPERT, of="my_title"), "my_expert_evidence")
    | _rows(Row(EXPERT, of="my_title", post=True), "my_expert_evidence_begin")
)  # fmt: skip

# Clerks of the handling office plan its reviews.
PLANNING_PAGES = (
    _rows(Row(CLERK), "planning")
    | _rows(Row(CLERK, of="round"), "planning_round", "planning_fields")
    | _rows(Row(CLERK, of="planning_run"), "planning_run", "planning_act")
)  # fmt: skip
# Inspectors note, report and sign: in the world of the test a clerk and an official go along.
INSPECTORS = CLERK | OFFICIAL
INSPECTION_PAGES = (
    _rows(Row(EVERYBODY), "visit_worker")
    | _rows(Row(DESK), "tours")
    | _rows(Row(DESK, of="tour"), "tour")
    | _rows(Row(DESK, of="case"), "case_inspection")
    | _rows(Row(DESK, of="visit"), "visit", "visit_paper")
    | _rows(Row(DESK, of="visit_photo"), "visit_photo")
    | _rows(Row(CLERK, of="founder_round"), "tour_plan")
    | _rows(Row(CLERK, of="visit", post=True), "visit_drop")
    | _rows(
        Row(INSPECTORS, of="visit", post=True),
        "visit_note", "visit_photo_begin", "visit_report", "visit_reopen", "visit_sign",
    )
    | _rows(Row(INSPECTORS, of="visit_document", post=True), "visit_photo_finish")
    | _rows(Row(INSPECTORS, of="visit_photo", post=True), "visit_photo_remove")
)  # fmt: skip

ROWS: dict[str, Row] = (
    INSPECTION_PAGES
    | PUBLIC_PAGES
    | OWN_PAGES
    | APPLICANT_PAGES
    | DESK_PAGES
    | OFFICIAL_PAGES
    | CALENDAR_PAGES
    | ABSENCE_PAGES
    | PLANNING_PAGES
    | REVIEWER_PAGES
    | RECUSAL_PAGES
    | RANKING_PAGES
    | SESSION_PAGES
    | EXPERT_PAGES
)
