"""A case before five experts, for everything that is done with reviews."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import transaction

from accounts.models import Organisation, Role, User
from tests.workflows.conftest import NUMBERS, fresh, person_with
from tests.workflows.declared import registered
from tests.workflows.review import two_fields
from tests.workflows.review.seated import before_panel, chaired_in, expert, seat, undertake
from workflows.models import Application, Expert, Round


@pytest.fixture
def panel_call(tmp_path: Path, storm_call: Round) -> Iterator[Round]:
    """The walk-through's programme, with an inspection and a panel of experts who score."""
    with registered(chaired_in(tmp_path), tmp_path):
        Round.objects.filter(pk=storm_call.pk).update(programme="reviewed-aid")
        yield Round.objects.get(pk=storm_call.pk)


@pytest.fixture
def experts(association: Organisation) -> list[Expert]:
    return [expert(association, number) for number in range(1, 6)]


@pytest.fixture
def cases(panel_call: Round, clerk: User) -> list[Application]:
    """Two cases before the panel, of two fields."""
    return two_fields.make_cases(panel_call, clerk)


@pytest.fixture
def put(panel_call: Round, clerk: User) -> Callable[[list[Expert]], Application]:
    """A case of another employer before these experts, who have given their undertaking."""

    def before(experts: list[Expert]) -> Application:
        employer = Organisation.objects.create(
            kind="employer", name=f"示例企业{next(NUMBERS)}", industry="software", district="siming"
        )
        with transaction.atomic():
            case = before_panel(panel_call, employer, person_with(Role.OWNER, employer), clerk)
            seat(case, experts, clerk)
        for one in experts:
            undertake(case, one)
        return fresh(case)

    return before


@pytest.fixture
def heard(
    panel_call: Round, employer: Organisation, owner: User, clerk: User, experts: list[Expert]
) -> Application:
    """A case before five experts, all of whom have given their undertaking."""
    with transaction.atomic():
        case = before_panel(panel_call, employer, owner, clerk)
        seat(case, experts, clerk)
    for one in experts:
        undertake(case, one)
    return fresh(case)
