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


def write_reviewed_aid(folder: Path) -> str:
    """Write it into `folder`; the name of the file, as it is registered."""
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
    (folder / "reviewed_aid.py").write_text(HEAD + text, encoding="utf-8")
    return "reviewed_aid"
