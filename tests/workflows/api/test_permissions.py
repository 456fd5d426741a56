"""Every operation of the API keeps to its row in `tests.api_permissions`: token, scope, role, whose object."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.test import SimpleTestCase, TestCase, override_settings

from accounts.doors import door_of
from accounts.models import Role, Scope, User
from tests import world
from tests.api_permissions import ACTS, API_ROWS, PAGES_ALONE, ApiRow
from tests.permissions import EVERYBODY, ROWS, SIGNED_IN
from tests.test_permissions import addresses, some
from tests.workflows.api.conftest import Program
from tests.workflows.declared import registered
from tests.workflows.review.seated import chaired_in
from workflows.api.routes import OPERATIONS
from workflows.api.steps import OWN, OWN_PLACES
from workflows.models import CorrectionPoint, Visit
from workflows.programmes import registry

FILE = {"filename": "a.pdf", "size_bytes": 1, "content_type": "application/pdf"}
SHEET = {
    "filename": "a.xlsx",
    "size_bytes": 1,
    "content_type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
DIGEST = {"sha256": "0" * 64}
# What an operation is told, where it is told something: well formed, so that only its door refuses.
BODIES: dict[str, dict[str, Any]] = {
    "pre_check": {"answers": {}},
    "case_section_save": {"answers": {"staff_count": "1"}},
    "case_declaration": {"made": True},
    "case_person_add": {"typed": {"name": "甲"}},
    "case_person_save": {"typed": {"name": "甲"}},
    "case_point_answer": {"answer": "x"},
    "roster_begin": SHEET,
    "case_paper_begin": FILE,
    "tax_record_begin": SHEET,
    "bank_return_begin": {"filename": "a.csv", "size_bytes": 1, "content_type": "text/csv"},
    **dict.fromkeys(
        ("roster_finish", "case_paper_finish", "tax_record_finish", "bank_return_finish"), DIGEST
    ),
    "batch_take_out": {"reason": "x", "cases": [1]},
    "batch_add_cases": {"cases": [1]},
    "batch_hand_over": {"to": 1},
    "batch_approve": {"sha256": "0" * 64},
    "batch_send_back": {"reason": "x"},
    "objection_decide": {"verdict": "dismissed", "answer": "x"},
    "case_reveal": {"field": "account"},
    "manifest_commit": {"sha256": "0" * 64},
    "search_save": {"name": "x", "q": "is:overdue"},
    "search_change": {"name": "x"},
    "review_undertake": {"agreed": True, "sha256": "0" * 64},
    "review_recuse": {"reason": "x"},
    "review_abstain": {"reason": "x"},
    "review_sheet_save": {"version": 0},
    "review_submit": DIGEST,
    "review_remark": {"text": "x"},
    "review_conclude": {"step": "pass_review", "opinion": "x"},
    "case_conflict_declare": {"expert": "E0003", "reason": "x"},
    "case_conflict_settle": {"how": "waived", "reason": "x"},
    "notice_withdraw": {"reason": "x"},
    "session_announce": {"in_field": ["IT"]},
    "session_reveal": {"secret": "x"},
    "session_seat": {"experts": ["E0001"], "reason": "x"},
    "session_add": {"cases": [1]},
    "session_chair": {"seat": 1, "reason": "x"},
    "session_drop": {"how": "prevented", "reason": "x"},
    "session_hand_over": {"to": 1, "reason": "x"},
    "session_move": {"to": 1},
    "session_reschedule": {"reason": "x"},
    "session_cancel": {"reason": "x"},
    "session_take_out": {"reason": "x"},
    "my_seat_decline": {"reason": "x"},
    "planning_sessions": {"first": "2031-03-05", "last": "2031-03-06", "rooms": []},
    "planning_bids": {"until": "2031-03-05"},
    "bids_say": {"bids": []},
    "planning_fields_say": {"cases": []},
    "expert_enter": {"name": "x", "email": "x@x.test", "fields_known": []},
    "apply_expert": {"name": "x", "fields_known": []},
    "expert_known": {"fields": {}},
    "my_expert_known": {"fields": {}},
    "expert_refuse": {"reason": "x"},
    "expert_suspend": {"reason": "x"},
    "expert_resume": {"reason": "x"},
    "expert_remove": {"reason": "x"},
    "expert_reveal": {"what": "phone"},
    "expert_evidence_begin": FILE,
    "my_expert_evidence_begin": FILE,
    "experts_list_begin": SHEET,
    "expert_evidence_finish": DIGEST,
    "my_expert_evidence_finish": DIGEST,
    "experts_list_finish": DIGEST,
    "expert_field_add": {"code": "X", "title_zh": "x", "title_en": "x"},
    "expert_field_change": {"title_zh": "x", "title_en": "x"},
    "tour_plan": {"held_on": "2031-03-05", "inspectors": [], "stops": []},
    "visit_drop": {"reason": "x"},
    "visit_note": {"changes": {"findings": "x"}},
    "visit_photo_begin": {"filename": "a.jpg", "size_bytes": 1, "content_type": "image/jpeg"},
    "visit_photo_finish": DIGEST,
    "visit_photo_remove": {"reason": "x"},
    "visit_reopen": {"reason": "x"},
    "visit_sign": DIGEST,
    "ranking_lot_announce": {
        "name": "x",
        "numbers": 6,
        "lowest": 1,
        "highest": 33,
        "known_at": "2031-03-05T21:00:00+08:00",
    },
    "ranking_lot_enter": {"numbers": {}},
    "case_exclusion_add": {"name": "x", "reason": "x"},
    "calendar_override": {"day": "2005-03-01", "working": False, "reason": "x", "document": "x"},
    "calendar_take_back": {"reason": "x"},
    "absence_arrange": {
        "membership": 1,
        "substitute": 1,
        "from_on": "2031-03-05",
        "until_on": "2031-03-06",
    },
    "room_open": {"name": "x"},
    "my_seat_sign_in": {"code": "000000"},
    "my_seat_sign": DIGEST,
    "case_defence_name": {"name": "x"},
    "webhook_make": {"url": "https://hooks.example.test/", "events": []},
}
WORDS = {
    "programme": {"slug": "talent-tax-rebate"},
    "pre_check": {"slug": "talent-tax-rebate"},
    "case_section_save": {"slug": "employer"},
    "case_paper_begin": {"slug": "application_form"},
    "case_paper_finish": {"slug": "application_form"},
    "my_expert_add": {"kind": "absences"},
    "certificate_check": {"code": "7K3M-9QXD-2FHT-VW5P"},
    "draw_certificate": {"sha256": "0" * 64},
}


class TestTable(SimpleTestCase):
    def test_every_operation_has_a_row_and_every_row_an_operation(self) -> None:
        assert (sorted(OPERATIONS.keys() - API_ROWS.keys()), sorted(API_ROWS.keys() - OPERATIONS.keys())) == (
            [],
            [],
        )

    def test_every_operation_is_declared_as_its_row_says(self) -> None:
        assert {
            name: (operation.scope, operation.roles)
            for name, operation in OPERATIONS.items()
            if (operation.scope, operation.roles or SIGNED_IN) != (API_ROWS[name].scope, API_ROWS[name].who)
        } == {}

    def test_every_page_of_a_person_has_its_operation_or_a_reason(self) -> None:
        pages = {name for name, row in ROWS.items() if row.who != EVERYBODY}
        ours = {n for n, p in addresses() if door_of(p.callback, n) is not None and not _alone(p)}
        reached = {page.partition("/")[0] for row in API_ROWS.values() for page in row.page.split()}

        assert sorted((pages & ours) - reached - PAGES_ALONE.keys()) == []
        assert sorted(PAGES_ALONE.keys() & reached) == []
        assert sorted((reached | PAGES_ALONE.keys()) - ROWS.keys()) == []

    def test_every_act_of_a_page_with_several_has_its_operation(self) -> None:
        several = {n for n, p in addresses() if "action" in p.pattern.converters and not _alone(p)}
        wanted = {f"{page}/{act}" for page in several - PAGES_ALONE.keys() for act in ACTS[page]}
        reached = {page for row in API_ROWS.values() for page in row.page.split() if "/" in page}

        assert sorted(several - ACTS.keys()) == []
        assert (sorted(wanted - reached), sorted(reached - wanted)) == ([], [])

    def test_every_step_of_every_programme_can_be_taken(self) -> None:
        """By the operation on a case, or by the one on its own object."""
        named = {step for programme in registry().values() for step in programme.steps}

        apart = {n for p in registry().values() for n, step in p.steps.items() if step.place in OWN_PLACES}

        assert {step: own for step, own in OWN.items() if own not in OPERATIONS} == {}
        assert (sorted(apart - OWN.keys()), sorted(OWN.keys() - named)) == ([], [])
        assert "case_step" in OPERATIONS


def _alone(pattern: Any) -> bool:
    return _module(pattern).startswith("allauth")


def _module(pattern: Any) -> str:
    return str(getattr(pattern.callback, "view_class", pattern.callback).__module__)


@override_settings(DEMO=True, S3_ENDPOINT="", DOCUMENTS_DIR=tempfile.mkdtemp(prefix="bailu-api-"))
class TestDoors(TestCase):
    """The world of the pages' doors, entered with tokens."""

    world: world.World

    @classmethod
    def setUpTestData(cls) -> None:
        folder = Path(tempfile.mkdtemp(prefix="bailu-programme-"))
        cls.declared = registered(chaired_in(folder), folder)
        cls.declared.__enter__()
        cls.world = world.make()
        world.add_scored(cls.world)
        objects = cls.world.objects
        owner = cls.world.people[Role.OWNER]
        point = CorrectionPoint.objects.create(
            application_id=objects["draft"]["pk"], request_seq=1, kind="roster", words="x",
            asked_by=cls.world.people[Role.CLERK],
        )  # fmt: skip
        upload = world.document(owner, objects_organisation(objects), "roster", "又.xlsx")
        cls.objects: dict[str, dict[str, Any]] = {
            **objects,
            "case_step": {**objects["case"], "name": "claim"},
            "draft_section": objects["draft"],
            "draft_person": {"pk": objects["draft"]["pk"], "person": objects["draft_person"]["person_pk"]},
            "draft_paper": {
                "pk": objects["draft"]["pk"],
                "paper": objects["draft_paper"]["paper_pk"],
                "document": objects["draft_document"]["document_id"],
            },
            "draft_upload": {"pk": objects["draft"]["pk"], "document": upload.pk},
            "point": {"pk": objects["draft"]["pk"], "point": point.pk},
            "document": {"document": objects["document"]["document_id"]},
            "tax_upload": {**objects["tax_import"], "document": uuid4()},
            "many": {},
            "visit_document": {
                "pk": objects["visit"]["pk"],
                "document": objects["visit_document"]["document_id"],
            },
            "visited": {"pk": Visit.objects.get(pk=objects["visit"]["pk"]).application_id},
            "expert_kind": {**objects["expert"], "kind": "posts"},
            "expert_part": {**objects["expert_post"], "kind": "posts", "action": "confirm"},
            "expert_upload": {**objects["expert_title"], "document": uuid4()},
            "my_part": {**objects["my_absence"], "kind": "absences", "action": "remove"},
            "my_upload": {**objects["my_title"], "document": uuid4()},
            "open": {},
        }

    @classmethod
    def tearDownClass(cls) -> None:
        # Before the transaction of the class ends, so that its edges go with it.
        cls.declared.__exit__(None, None, None)
        super().tearDownClass()

    def setUp(self) -> None:
        self.programs: dict[tuple[int, str], Program] = {}

    def ask(self, user: User | None, name: str, scopes: Iterable[str] = (), secret: str = "") -> Any:
        operation, row = OPERATIONS[name], API_ROWS[name]
        who = (user.pk if user else 0, ",".join(scopes))
        if who not in self.programs or secret:
            self.programs[who] = Program(user, *scopes, secret=secret)
        program = self.programs[who]
        named = {**self.objects.get(row.of, {}), **WORDS.get(name, {})}
        if name == "round_":
            named["pk"] = self.objects["round"]["pk"]
        of = "expert_field" if name.startswith("expert_field") else name
        if of in ("expert_field", "calendar_change", "calendar_take_back"):
            # Of everybody who may open them.
            named["pk"] = self.objects[of.replace("take_back", "override")]["pk"]
        path = operation.path.format(**named)
        if operation.method == "GET":
            return program.get(path)
        return program.send(path, self.body(name), method=operation.method)

    def body(self, name: str) -> dict[str, Any]:
        of = self.objects
        if API_ROWS[name].of == "many":
            return {"programme": "talent-tax-rebate", "step": "accept", "cases": [of["case"]["pk"]]}
        if name == "start_case":
            return {"round": of["round"]["pk"], "organisation": of["organisation"]["pk"]}
        if name in ("batch_open", "payment_list_make"):
            return {"round": of["round"]["pk"]}
        if name == "session_make":
            return {"round": of["round"]["pk"], "cases": [of["case"]["pk"]]}
        return BODIES.get(name, {})

    def rows(self) -> Iterator[tuple[str, ApiRow]]:
        yield from API_ROWS.items()

    def test_without_a_token_nothing_opens(self) -> None:
        wrong = []
        for name, _row in self.rows():
            answer = self.ask(None, name)
            if answer.status_code != 401 or answer["WWW-Authenticate"] != 'Bearer realm="bailu"':
                wrong.append((name, answer.status_code))

        assert wrong == []

    def test_session_of_a_page_opens_nothing(self) -> None:
        for user in (self.world.people[Role.OWNER], self.world.people[Role.CLERK]):
            self.client.force_login(user)
            assert {self.client.get(f"/api/v1{path}").status_code for path in ("/cases", "/messages")} == {
                401
            }

    def test_other_scopes_open_nothing(self) -> None:
        wrong = []
        for name, row in self.rows():
            others = [scope for scope in Scope if scope != row.scope]
            status = self.ask(self.world.people[min(self.let_in(row))], name, others).status_code
            if status != 403:
                wrong.append((name, status))

        assert wrong == []

    def test_other_roles_are_refused(self) -> None:
        wrong = []
        for name, row in self.rows():
            for role in some(set(self.world.people) - self.let_in(row), name):
                if row.who == SIGNED_IN:
                    continue
                status = self.ask(self.world.people[role], name).status_code
                if status not in ({403, 404} if role in row.who else {403}):
                    wrong.append((name, role, status))

        assert wrong == []

    def test_people_of_other_organisations_cannot_know_of_it(self) -> None:
        wrong = []
        for name, row in self.rows():
            if not row.of:
                continue
            for role in some(self.world.strangers if row.who == SIGNED_IN else row.who, name):
                status = self.ask(self.world.strangers[role], name).status_code
                if status != 404:
                    wrong.append((name, role, status))

        assert wrong == []

    def test_whoever_may_is_let_in(self) -> None:
        wrong = []
        for name, row in self.rows():
            for role in some(self.let_in(row), name):
                answer = self.ask(self.world.people[role], name)
                code = answer.json().get("code", "") if answer.status_code >= 400 else ""
                # What a verb says of a role or of an object that is not there is no door.
                if answer.status_code in {401, 405} or answer.status_code >= 500 or code in {
                    "role_needed", "scope_needed", "invalid",
                }:  # fmt: skip
                    wrong.append((name, role, answer.status_code, code))
                if answer.status_code == 404 and name not in NOT_THERE:
                    wrong.append((name, role, answer.status_code, code))

        assert wrong == []

    def let_in(self, row: ApiRow) -> set[str]:
        if row.who == SIGNED_IN:
            return {Role.OWNER} if row.of else set(self.world.people)
        return set(row.only or row.who)


# Let in, and told that there is no such thing in this world, or not any more.
NOT_THERE = {"tax_record_finish", "case_person_save", "case_person_remove", "bank_return_finish",
             "search_restore", "certificate_check", "draw_certificate",
             # Their session was cancelled by then.
             "expert_evidence_finish", "my_expert_evidence_finish", "experts_list_finish",
             "session_chair", "my_seat_minutes", "case_defence_name"}  # fmt: skip


def objects_organisation(objects: dict[str, dict[str, Any]]) -> Any:
    from accounts.models import Organisation

    return Organisation.objects.get(pk=objects["organisation"]["pk"])
