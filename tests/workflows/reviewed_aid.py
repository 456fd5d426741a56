"""The walk-through's programme with an inspection and a panel before the approval, written into a folder."""

from pathlib import Path

from launch.places import ROOT
from tests.workflows.declared import python_blocks

STATES = "    CHECKED,\n    INSPECTING,\n    INSPECTED,\n    REVIEWING,\n"
STAGES = "    inspect = inspection(CHECKED)\n    review = panel(INSPECTED, to=VERIFIED)\n"
HEAD = """
from workflows.stages import inspection, panel
from workflows.states import CHECKED, FAILED, INSPECTED, INSPECTING, REVIEWING
"""


RUBRIC = """    rubric=Rubric(
        criteria=(
            Criterion("need", T("Need", "必要性"), 60),
            Criterion("effect", T("Effect", "效益"), 40),
        ),
        pass_at=Decimal(80),
        revise_at=Decimal(60),
        vetoes=(Veto("duplicate", T("Duplicate", "重复申报")),),
    ),
).on(ReviewedAid)"""
CHAIRED_HEAD = """
from decimal import Decimal

from workflows.engine.declare import Blind, Named
from workflows.engine.rubric import Criterion, Rubric, Veto
from workflows.states import REVISED, REVISING
"""


def write_reviewed_aid(folder: Path, *, chaired: bool = False, blind: str = "") -> str:
    """Write it into `folder`; the name of the file, as it is registered.

    Args:
        chaired: experts score.
        blind: what experts are told of whom, as the programme's file says it: `Blind(applicants=True)`.
    """
    text = python_blocks((ROOT / "docs/declare-a-programme.md").read_text(encoding="utf-8"))
    for was, becomes in (
        ("class StormAid", "class ReviewedAid"),
        ("on(StormAid)", "on(ReviewedAid)"),
        ('"storm-aid"', '"reviewed-aid"'),
        ('code="SA"', 'code="RD"'),
        ("        ACCEPTED,\n        VERIFIED,\n", "        ACCEPTED,\n        CHECKED,\n"),
        (
            "    SUBMITTED,\n    ACCEPTED,\n    VERIFIED,\n",
            f"    SUBMITTED,\n    ACCEPTED,\n{STATES}    VERIFIED,\n",
        ),
        (
            "    CLOSED,\n    CORRECTING,\n    REFUSED",
            "    CLOSED,\n    FAILED,\n    CORRECTING,\n    REFUSED",
        ),
        ("    decide = approval(", f"{STAGES}    decide = approval("),
    ):
        assert was in text
        text = text.replace(was, becomes)
    if chaired:
        for was, becomes in (
            (
                "panel(INSPECTED, to=VERIFIED)",
                "panel(INSPECTED, to=VERIFIED, chaired=True, quorum=2, revision=WorkingDays(10))",
            ),
            ("    FAILED,\n    CORRECTING,\n", "    FAILED,\n    REVISING,\n    REVISED,\n    CORRECTING,\n"),
            (").on(ReviewedAid)", f"    blind={blind},\n{RUBRIC}" if blind else RUBRIC),
        ):
            assert was in text
            text = text.replace(was, becomes)
        text = CHAIRED_HEAD + text
    (folder / "reviewed_aid.py").write_text(HEAD + text, encoding="utf-8")
    return "reviewed_aid"
