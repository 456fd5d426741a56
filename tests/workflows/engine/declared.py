"""Small programmes for the proofs: a right one, and what makes it wrong beside it."""

import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.models import F

from accounts.models import APPLICANT_ROLES, Role
from config.words import T
from forms.schema import Form
from workflows.engine.declare import Guide, Holder, Programme, State, WorkingDays, step, steps_of
from workflows.engine.prove import prove
from workflows.engine.where import Where

ROOT = Path(__file__).resolve().parents[3]
DRAFT = State("draft", T("Draft", "草稿"), Holder.APPLICANT)
SUBMITTED = State("submitted", T("Submitted", "已提交"), Holder.OFFICE)
CLOSED = State("closed", T("Closed", "办结"), Holder.NOBODY, outcome="good")


TAX = T("{tax_fen}", "{tax_fen}")


@dataclass(frozen=True)
class Terms:
    min_pay_fen: int = 100
    arithmetic: T = TAX
    shown: tuple[tuple[T, T], ...] = ()


def submit(**more: Any) -> Any:
    return step(DRAFT, SUBMITTED, label=T("Submit", "提交"), by=APPLICANT_ROLES, **more)


def close(**more: Any) -> Any:
    given = {"by": Role.CLERK, "due": WorkingDays(5), **more}
    return step(SUBMITTED, CLOSED, label=T("Close", "办结"), **given)


def declared(*more_states: State, steps: dict[str, Any] | None = None, **changes: Any) -> Programme:
    """A right programme of three states and two steps, with `more_states`, more `steps` and `changes`."""
    body = type("Small", (), {"submit": submit(), "close": close(), **(steps or {})})
    given: dict[str, Any] = {
        "slug": "small",
        "code": "SM",
        "title": T("A small programme", "小项目"),
        "guide": Guide(
            T("In short.", "简介"), (), 20, T("Free of charge", "不收费"), (), (), T("Desk", "窗口")
        ),
        "states": (DRAFT, SUBMITTED, CLOSED, *more_states),
        "policies": {"2019": Terms()},
        "form": Form("small", ()),
        "award": lambda terms: F("tax_fen"),
        "where": Where(inspect.stack()[1].filename, inspect.stack()[1].lineno),
    }
    return with_steps(Programme(**(given | changes)), body)


def with_steps(programme: Programme, body: type) -> Programme:
    """`programme` with the steps of `body`, which is no model: nothing stays behind in Django's registry."""
    return programme.with_steps(steps_of(body))


def findings(programme: Programme) -> list[tuple[str, str, int]]:
    """(code, file, line) of each finding."""
    return [(finding.code, finding.file, finding.line) for finding in prove(programme)]


def marked(code: str) -> tuple[str, str, int]:
    """What is expected: `code` at the one line of the calling test that ends with an arrow."""
    frame = inspect.stack()[1].frame
    lines, first = inspect.getsourcelines(frame.f_code)
    (number,) = (n for n, line in enumerate(lines, first) if line.endswith("# ←\n"))
    return code, str(Path(frame.f_code.co_filename).relative_to(ROOT)), number
