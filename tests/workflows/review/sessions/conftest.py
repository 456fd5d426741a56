"""A round with a panel, experts who can be drawn, and cases before them."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation, Role, User
from tests.workflows.conftest import NUMBERS, person_with
from tests.workflows.declared import registered
from tests.workflows.review.seated import before_panel, chaired_in, expert
from workflows.models import (
    Application,
    Competence,
    Expert,
    ExpertField,
    ExpertPost,
    ExpertTitle,
    ReviewSession,
    Room,
    Round,
)
from workflows.review.sessions import making

DAY = date(2031, 3, 5)


@pytest.fixture
def panel_call(tmp_path: Path, storm_call: Round) -> Iterator[Round]:
    """The walk-through's programme, with a panel of experts who score."""
    with registered(chaired_in(tmp_path), tmp_path):
        Round.objects.filter(pk=storm_call.pk).update(programme="reviewed-aid")
        yield Round.objects.get(pk=storm_call.pk)


@pytest.fixture
def fields(db: Any) -> list[ExpertField]:
    return [
        ExpertField.objects.create(code=code, title_zh=zh, title_en=en)
        for code, zh, en in (
            ("soft", "软件", "Software"),
            ("net", "网络", "Networks"),
            ("fin", "财务", "Finance"),
        )
    ]


@pytest.fixture
def pool(association: Organisation, fields: list[ExpertField]) -> list[Expert]:
    """Nine who can be drawn, each of an employer of their own; every third one is of finance alone."""
    return [
        drawable(association, number, fields[2 if number % 3 == 0 else number % 2]) for number in range(1, 10)
    ]


def drawable(office: Organisation, number: int, field: ExpertField, **more: Any) -> Expert:
    """An expert whom nothing excludes."""
    made = expert(office, number, in_field_since=2010, **more)
    Competence.objects.create(expert=made, field=field)
    ExpertTitle.objects.create(expert=made, name="高级工程师", level="senior", verified_at=timezone.now())
    ExpertPost.objects.create(expert=made, organisation=f"示例单位{number}")
    return made


@pytest.fixture
def cases(panel_call: Round, clerk: User) -> Callable[[int], list[Application]]:
    """So many cases before the panel, each of an employer of its own."""

    def make(count: int) -> list[Application]:
        found = []
        for _ in range(count):
            n = next(NUMBERS)
            employer = Organisation.objects.create(
                kind="employer", name=f"示例项目单位{n}", industry="software", district="siming"
            )
            # Its helpers expect the transaction of a test.
            with transaction.atomic():
                found.append(before_panel(panel_call, employer, person_with(Role.OWNER, employer), clerk))
        return found

    return make


@pytest.fixture
def room(association: Organisation) -> Room:
    return Room.objects.create(office=association, name="301 会议室", place="软件园二期")


@pytest.fixture
def session(
    panel_call: Round, cases: Callable[[int], list[Application]], room: Room, clerk: User
) -> ReviewSession:
    """A planned session with two cases on a day to come."""
    heard = [case.pk for case in cases(2)]
    return making.make(panel_call, heard, when=making.slot(DAY, "am", room), by=clerk)
