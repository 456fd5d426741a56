"""A round with cases of two fields before the panel, and experts of both, each of an employer of their own."""

from accounts.models import Organisation, User
from tests.workflows.conftest import NUMBERS, person_with
from tests.workflows.review import seated
from workflows.models import Application, CaseField, Competence, Expert, ExpertField, ExpertPost, Round

CODES = ("networks", "health")


def fields_of() -> list[ExpertField]:
    """The two fields, made when they are first asked for."""
    return [
        ExpertField.objects.get_or_create(code=code, title_zh=f"领域{n}", title_en=code, position=n)[0]
        for n, code in enumerate(CODES)
    ]


def make_cases(call: Round, clerk: User, count: int = 2) -> list[Application]:
    """Cases before the panel, of the two fields by turns."""
    found = []
    for number in range(count):
        firm = Organisation.objects.create(
            kind="employer", name=f"示例企业{next(NUMBERS)}", district="siming"
        )
        case = seated.before_panel(call, firm, person_with("owner", firm), clerk)
        CaseField.objects.create(application=case, field=fields_of()[number % 2])
        found.append(case)
    return found


def make_experts(office: Organisation, count: int = 4) -> list[Expert]:
    """The first half know networks, the others health."""
    found = []
    for number in range(count):
        one = seated.expert(office, number)
        Competence.objects.create(expert=one, field=fields_of()[number * 2 // count], strength=3)
        ExpertPost.objects.create(expert=one, organisation=f"大学{number}")
        found.append(one)
    return found
