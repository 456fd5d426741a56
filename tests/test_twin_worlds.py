"""Two worlds that differ in one secret look the same to everybody who is not to know it: every page, export, search,
count, answer of the API and mail, byte for byte. Pages that are added are asked by themselves (tests.permissions)."""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Collection
from typing import Any

import pytest
from django.test import TestCase, override_settings
from django.urls import reverse

from accounts.models import Role, User
from tests import test_permissions, world
from tests.permissions import ROWS, SECRET
from tests.twins import Answer, Looking, told, twin
from tests.workflows import software_filing as filing
from tests.workflows.review.seated import expert, seat, undertake
from workflows.engine.perform import perform
from workflows.models import Application, Assignment, Conflict, Expert, Ranking, Review, ReviewSession

# Their own pages of sign-in show nothing of cases, and one of them signs out.
LEFT_OUT = ("account_", "mfa_", "demo-", "storage:", "language")
# Queries that look for what they must not find.
SEARCHES = (
    ("worklist", "?q=专家9010&tab=all"), ("worklist", "?tab=all"), ("progress", "?q=RJ"), ("results", "?q=专家9010"),
    ("public_notices", "?q=专家9010"), ("reviews", "?after=0"), ("my_applications", "?after=0"),
)  # fmt: skip


def _score(case: Application) -> None:
    Review.objects.filter(assignment__application=case).update(
        scores={**filing.FULL, "revenue": "1"}, opinion="另一种意见", comments={"revenue": "另一种说法"}
    )
    Application.objects.filter(pk=case.pk).update(review_score="61.00")


def _name(case: Application) -> None:
    reviewer = Expert.objects.get(code="E9010")
    Expert.objects.filter(pk=reviewer.pk).update(name="欧阳另名", email="other@example.test")
    User.objects.filter(pk=reviewer.user_id).update(name="欧阳另名", email="other@example.test")


def _conflict(case: Application) -> None:
    for pk, code in ((10**9, "E9014"), (10**9 + 1, "E9015")):
        Conflict.objects.create(
            pk=pk, expert=Expert.objects.get(code=code), application=case, rule="employer", source="found",
            evidence={"ties": []},
        )  # fmt: skip


SECRETS: dict[str, Callable[[Application], None]] = {"score": _score, "name": _name, "conflict": _conflict}


@pytest.mark.slow
@override_settings(DEMO=True, S3_ENDPOINT="", DOCUMENTS_DIR=tempfile.mkdtemp(prefix="bailu-twins-"))
class TestTwinWorlds(TestCase):
    """A case before five experts, two of whom have submitted."""

    world: world.World
    case: Application
    addresses: list[tuple[str, Any, str]]
    viewers: dict[str, User | None]
    asked: dict[str, dict[str, Any]]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.world = world.make()
        people, strangers = cls.world.people, cls.world.strangers
        clerk, owner = people[Role.CLERK], people[Role.OWNER]
        office = clerk.memberships[0].organisation
        call = filing.call_of(office, people[Role.OFFICIAL].memberships[0].organisation)
        firm = world._employer("示例孪生软件", owner, people[Role.AGENT])
        # Read again: of which firms one is, is read once a request.
        owner = User.objects.get(pk=owner.pk)
        cls.case = filing.before_panel(filing.filled_in(call, firm, owner), owner, clerk)
        experts = [expert(office, number) for number in range(9010, 9016)]
        # The last two are at nobody's table: the one has no case, of the other nothing is known at all.
        session = seat(cls.case, experts[:4], clerk)
        filing.scored(cls.case, experts[:2])
        undertake(cls.case, experts[2])
        cls.viewers = {
            "applicant": owner, "other applicant": strangers[Role.OWNER], "public": None,
            "expert without a case": experts[5].user, "expert who has not submitted": experts[2].user,
            "expert without undertaking": experts[3].user, "clerk of another office": strangers[Role.CLERK],
        }  # fmt: skip
        paper = cls.case.papers.earliest("pk")
        own = {"pk": cls.case.pk}
        ranking = Ranking.objects.create(round=call, content={"ranked": []}, sha256="0" * 64, frozen_by=clerk)
        # A kind that this world does not name is the case itself.
        cls.world.objects = defaultdict(lambda: own, cls.world.objects)
        cls.world.objects |= {
            "session": {"pk": session.pk}, "seat": {"pk": session.seats.get(expert=experts[2]).pk},
            "case": own, "draft": own, "paper": {**own, "paper": paper.pk}, "round": {"pk": call.pk},
            "scored": own, "scored_round": {"pk": call.pk}, "ranking": {"pk": call.pk, "ranking": ranking.pk},
            "draft_paper": {**own, "slug": paper.paper, "paper_pk": paper.pk},
            # Of these the operations of the API need another name.
            "round_": {"pk": call.pk}, "certificate_check": {"code": "7K3M-9QXD-2FHT-VW5P"},
            "draw_certificate": {"sha256": cls._drawn(session, experts)},
        }  # fmt: skip
        cls.asked = {
            "pre_check": {"answers": {}},
            "worklist_manifest": {"programme": cls.case.programme, "step": "accept", "cases": [cls.case.pk]},
        }
        cls.addresses = cls._addresses()

    @staticmethod
    def _drawn(session: ReviewSession, experts: list[Expert]) -> str:
        """The panel was drawn: by codes, for everybody to see."""
        panel = [one.code for one in experts[:4]]
        session.announcement = {
            "seed": {"kind": "commit_reveal", "officials": ["甲", "乙"]},
            "panel": {"seats": 4},
        }
        session.certificate = {"panel": panel, "replacements": []}
        session.announced_sha256, session.announced_at = "ab" * 32, session.made_at
        session.save()
        return session.announced_sha256

    @classmethod
    def _addresses(cls) -> list[tuple[str, Any, str]]:
        """(URL name, row, address) of every page that is only looked at, and of the searches."""
        doors = test_permissions.TestDoors("test_whoever_may_is_let_in")
        doors.world = cls.world
        found = [
            (name, row, doors.address(name, row))
            for name, row in ROWS.items()
            if name not in SECRET and not row.post and not name.startswith(LEFT_OUT)
        ]
        draw = reverse("public_draw", args=[cls.world.objects["draw_certificate"]["sha256"]])
        found.append(("public_draw", ROWS["public_draw"], draw))
        return found + [(f"{name}{query}", ROWS[name], reverse(name) + query) for name, query in SEARCHES]

    def setUp(self) -> None:
        self.skipped: set[str] = set()

    def seen(self, who: str, only: Collection[str] | None = None) -> dict[str, Answer]:
        looking = Looking(self.viewers[who], self.addresses, self.world.objects, self.asked)
        found = looking.all(only)
        self.skipped |= looking.skipped
        return found

    def test_worlds_that_differ_in_one_secret_look_the_same(self) -> None:
        """All secrets at once; where that shows, once more and one by one, to say which."""
        before, after = self.world_with(), self.world_with(*SECRETS)
        differing = [
            (who, page) for who, pages in before.items() for page in pages if pages[page] != after[who][page]
        ]

        assert [leak for who, page in differing for leak in self.secrets_told(who, page)] == []
        assert sum(map(len, before.values())) > 300
        assert self.skipped == set()
        # Something was sent to whoever could have been told.
        assert b"RJ" in before["applicant"]["mail"][3]

    def world_with(self, *secrets: str) -> dict[str, dict[str, Answer]]:
        """A world of its own: viewer → everything that they see there, and what they are sent."""
        with twin():
            for secret in secrets:
                SECRETS[secret](self.case)
            found = {who: self.seen(who) for who in self.viewers}
            sent = told(list(self.viewers.values()))
        for who, user in self.viewers.items():
            found[who]["mail"] = (200, "", "", sent[user.pk] if user else b"")
        return found

    def secrets_told(self, who: str, page: str) -> list[tuple[str, str, str]]:
        """(secret, who, page) of what a page gives away; nothing where only the clock went on meanwhile."""
        found = [(secret, who, page) for secret in SECRETS if self.tells(who, page, secret)]
        return found or [("together", who, page)] * self.tells(who, page, *SECRETS)

    def tells(self, who: str, page: str, *secrets: str) -> bool:
        """Whether a page differs with these secrets each time it is asked: a minute ends, a leak does not."""
        return all(self.asked_alone(who, page) != self.asked_alone(who, page, *secrets) for _ in range(3))

    def asked_alone(self, who: str, page: str, *secrets: str) -> Answer | bytes:
        with twin():
            for secret in secrets:
                SECRETS[secret](self.case)
            user = self.viewers[who]
            return told([user])[user.pk] if page == "mail" and user else self.seen(who, {page})[page]

    def test_who_may_know_sees_the_difference(self) -> None:
        """The comparison would find a leak: the office's own pages tell the worlds apart."""
        self.viewers = {"clerk": self.world.people[Role.CLERK]}
        pages = ("case_history", "case_conflicts", "api case_conflicts", "api experts")
        found = {(secret, page) for page in pages for secret, _, page in self.secrets_told("clerk", page)}

        assert {("name", "case_history"), ("conflict", "case_conflicts"), ("conflict", "api case_conflicts"),
                ("name", "api experts")} <= found  # fmt: skip

    def test_conclusion_tells_the_applicant_the_same_whoever_has_the_chair(self) -> None:
        told = []
        owner = self.viewers["applicant"]
        for name in (None, "欧阳另名"):
            with twin():
                if name:
                    _name(self.case)
                told.append(self._concluded(owner))
        assert told[0] == told[1]
        assert "专家9010" not in repr(told) and "欧阳另名" not in repr(told)

    def _concluded(self, owner: User | None) -> dict[str, Any]:
        case = self.case
        Assignment.objects.filter(application=case, expert__code="E9012").update(state="ended")
        filing.scored(case, [Expert.objects.get(code="E9013")])
        chair = Expert.objects.get(code="E9010").user
        assert chair is not None and owner is not None
        perform("pass_review", [case.pk], actor=chair, key="twin", reason="同意备案。")
        pages = self.seen("applicant", {"application", "api case", "api case_timeline"})
        return {**pages, "mail": told([owner])}

    def test_declaring_a_conflict_never_shows_more(self) -> None:
        """What the expert sees afterwards they saw before; and nothing of the case is left."""
        viewer = "expert who has not submitted"
        with twin():
            before = self.seen(viewer)
            mine = self.viewers[viewer]
            assert mine is not None
            perform("declare_conflict", [self.case.pk], actor=mine, key="never", reason="同学")
            after = self.seen(viewer)

        opened = {page for page, answer in after.items() if answer[0] == 200 and before[page][0] != 200}
        number = (self.case.number or "").encode()
        assert opened == set()
        assert [page for page, answer in after.items() if number in answer[3]] == []
        assert [page for page, answer in before.items() if number in answer[3]] != []
