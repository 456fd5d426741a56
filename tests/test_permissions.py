"""Every address keeps to its row in `tests.permissions`."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from zlib import crc32

from django.http import HttpResponse
from django.test import Client, SimpleTestCase, TestCase, override_settings
from django.urls import URLPattern, get_resolver, reverse

from accounts.doors import Door, door_of
from accounts.models import Role, User
from tests import world
from tests.permissions import EVERYBODY, ROWS, SECRET, SIGNED_IN, Row
from tests.workflows.declared import registered
from tests.workflows.review.seated import chaired_in

# What an address needs beside its object.
WORDS: dict[str, dict[str, Any]] = {
    "webhook_act": {"action": "pause"},
    "application_section": {"slug": "employer"},
    "application_section_save": {"slug": "employer"},
    "application_roster_template": {"language": "en"},
    "application_paper": {"slug": "application_form"},
    "application_paper_upload": {"slug": "application_form"},
    "application_paper_finish": {"slug": "application_form"},
    "case_step": {"name": "accept"},
    "planning_act": {"action": "drop"},
    "worklist_export": {"kind": "csv"},
    "batch_act": {"action": "claim"},
    "session_act": {"action": "invite"},
    "session_board_act": {"action": "call"},
    "my_seat_act": {"action": "accept"},
    "batch_export": {"kind": "csv"},
    "ledger_export": {"kind": "csv"},
    "figure_rows": {"year": 2019, "key": "rebate_people"},
    "payment_export": {"kind": "csv"},
    "programme_diagram": {"slug": "talent-tax-rebate"},
    "programme_svg": {"slug": "talent-tax-rebate"},
    "programme_bpmn": {"slug": "talent-tax-rebate"},
    "expert_add": {"kind": "titles"},
    "my_expert_add": {"kind": "posts"},
    "expert_decide": {"action": "approve"},
    "expert_part": {"kind": "posts", "action": "confirm"},
    "my_expert_part": {"kind": "absences", "action": "remove"},
    "expert_field_act": {"action": "up"},
    "guide": {"slug": "talent-tax-rebate"},
    "pre_check": {"slug": "talent-tax-rebate"},
}
# Pages of an object which everybody who may open them may know of.
PUBLIC_OBJECTS = {
    "call": "round",
    "result": "result",
    "public_notice": "notice",
    "public_notice_lines": "notice",
    "object_to_line": "notice",
    "calendar_change": "calendar_change",
    "calendar_take_back": "calendar_override",
    "expert_field": "expert_field",
    "expert_field_act": "expert_field",
}


def addresses(resolver: Any = None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """(URL name, pattern) of every address of the project."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            assert entry.name, f"{entry} has no name"
            # Operations of the API have a table and a test of their own: tests/workflows/api/test_permissions.py
            if getattr(entry.callback, "operation", None) is None:
                yield f"{namespace}{entry.name}", entry
        else:
            yield from addresses(entry, f"{entry.namespace}:" if entry.namespace else namespace)


def some(roles: Iterable[str], name: str) -> set[str]:
    """The clerk, whose office is another one, and one of the other roles, in turn: doors are compared whole."""
    others = sorted(set(roles) - {Role.CLERK})
    turn = [others[crc32(name.encode()) % len(others)]] if others else []
    return set(turn) | (set(roles) & {Role.CLERK})


def declared(door: Door) -> str | frozenset[str]:
    if door.public:
        return EVERYBODY
    return door.roles or SIGNED_IN


class TestTable(SimpleTestCase):
    def test_every_address_has_a_row_and_every_row_an_address(self) -> None:
        names = {name for name, _ in addresses()}
        assert (sorted(names - ROWS.keys()), sorted(ROWS.keys() - names)) == ([], [])

    def test_every_door_is_that_of_its_row(self) -> None:
        doors = {name: door_of(pattern.callback, pattern.name) for name, pattern in addresses()}
        assert {
            name: door and declared(door)
            for name, door in doors.items()
            if door is None or declared(door) != ROWS[name].who
        } == {}


@override_settings(DEMO=True, S3_ENDPOINT="", DOCUMENTS_DIR=tempfile.mkdtemp(prefix="bailu-permissions-"))
class TestDoors(TestCase):
    """The same world for all: two offices, two employers, an object of each kind."""

    world: world.World
    declared: AbstractContextManager[Any]

    @classmethod
    def setUpTestData(cls) -> None:
        folder = Path(tempfile.mkdtemp(prefix="bailu-programme-"))
        cls.declared = registered(chaired_in(folder), folder)
        cls.declared.__enter__()
        cls.world = world.make()
        world.add_scored(cls.world)

    @classmethod
    def tearDownClass(cls) -> None:
        # Before the transaction of the class ends, so that its edges go with it.
        cls.declared.__exit__(None, None, None)
        super().tearDownClass()

    def rows(self, *, post: bool | None = None) -> Iterator[tuple[str, Row, str]]:
        """(URL name, row, address) of every row whose address can be known beforehand."""
        for name, row in ROWS.items():
            if name not in SECRET and (post is None or row.post == post):
                yield name, row, self.address(name, row)

    def address(self, name: str, row: Row) -> str:
        words = WORDS.get(name, {})
        kind = row.of or PUBLIC_OBJECTS.get(name, "")
        named = self.world.objects[kind] if kind else {}
        if name == "application_start":
            named = {"round_pk": self.world.objects["round"]["pk"]}
        if name == "object_to_line":
            named = {**named, "position": 1}
        return reverse(name, kwargs={**named, **words})

    def setUp(self) -> None:
        self.clients: dict[int | None, Client] = {}

    def ask(self, user: User | None, address: str, *, post: bool) -> HttpResponse:
        client = self.clients.get(user and user.pk)
        if client is None:
            client = self.clients[user and user.pk] = Client(raise_request_exception=True)
            if user is not None:
                client.force_login(user)
        return client.post(address) if post else client.get(address)

    def let_in(self, row: Row) -> set[str]:
        """The roles that are let in, among the people of the first offices."""
        if row.who == SIGNED_IN:
            # One's own message, one's own organisation: the owner's.
            return {Role.OWNER} if row.of else set(self.world.people)
        return set(row.only or row.who)

    def test_nobody_is_asked_to_sign_in_on_public_pages_and_everybody_else_is(self) -> None:
        wrong = []
        for name, row, address in self.rows():
            answer = self.ask(None, address, post=row.post)
            to_sign_in = answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))
            if to_sign_in == (row.who == EVERYBODY) or answer.status_code >= 400:
                wrong.append((name, answer.status_code, answer.get("Location", "")))

        assert wrong == []

    def test_other_roles_are_refused(self) -> None:
        wrong = []
        for name, row, address in self.rows():
            if isinstance(row.who, str):
                continue
            for role in some(set(self.world.people) - self.let_in(row), name):
                status = self.ask(self.world.people[role], address, post=row.post).status_code
                # Somebody with the role, but not the one whose object it is, may be told that there is none.
                if status not in ({403, 404} if role in row.who else {403}):
                    wrong.append((name, role, status))

        assert wrong == []

    def test_people_of_other_organisations_cannot_know_of_it(self) -> None:
        wrong = []
        for name, row, address in self.rows():
            if not row.of:
                continue
            for role in some(self.world.strangers if row.who == SIGNED_IN else row.who, name):
                status = self.ask(self.world.strangers[role], address, post=row.post).status_code
                if status != 404:
                    wrong.append((name, role, status))

        assert wrong == []

    def test_whoever_may_is_let_in(self) -> None:
        wrong = []
        for name, row, address in self.rows():
            if row.who == EVERYBODY:
                continue
            for role in some(self.let_in(row), name):
                answer = self.ask(self.world.people[role], address, post=row.post)
                out = answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))
                if answer.status_code in {403, 404, 405} or answer.status_code >= 500 or out:
                    wrong.append((name, role, answer.status_code))

        assert wrong == []

    def test_what_is_only_sent_is_not_opened(self) -> None:
        wrong = []
        for name, row, address in self.rows(post=True):
            user = None if row.who == EVERYBODY else self.world.people[min(self.let_in(row))]
            status = self.ask(user, address, post=False).status_code
            if status != 405:
                wrong.append((name, status))

        assert wrong == []
