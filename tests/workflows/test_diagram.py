"""The drawing of each programme: everything declared is on it, in both languages, drawn by attributes alone."""

import re
from xml.etree import ElementTree

import pytest

from workflows.diagram import layout
from workflows.diagram.graph import graph_of, moves, width_of, wrapped
from workflows.diagram.layout import CannotDraw, layout_of
from workflows.diagram.svg import Way, with_counts, with_way
from workflows.programmes import registry

SVG = "{http://www.w3.org/2000/svg}"
SLUG = "talent-tax-rebate"
EACH = [(slug, language) for slug in registry() for language in ("zh-hans", "en")]


def texts(drawn: str) -> str:
    """Every word of the drawing, without its breaks."""
    root = ElementTree.fromstring(drawn)
    return "".join("".join(found.itertext()) for found in root.iter(f"{SVG}text")).replace(" ", "")


@pytest.mark.parametrize(("slug", "language"), EACH)
def test_every_state_and_every_step_stands_on_it(slug: str, language: str) -> None:
    programme = registry()[slug]
    said = texts(with_counts(slug, language, {}))

    labels = [state.label for state in programme.states] + [step.label for _, step, _ in moves(programme)]
    missing = [
        words for label in labels if (words := label.in_language(language)).replace(" ", "") not in said
    ]
    assert missing == []


@pytest.mark.parametrize(("slug", "language"), EACH)
def test_boxes_do_not_overlap_and_lie_within_the_picture(slug: str, language: str) -> None:
    found = layout_of(slug, language)

    boxes = list(found.boxes.values())
    assert set(found.boxes) == {str(state) for state in registry()[slug].states}
    for n, one in enumerate(boxes):
        assert one.width / 2 - 1 <= one.x <= found.width - one.width / 2 + 1
        assert one.height / 2 - 1 <= one.y <= found.height - one.height / 2 + 1
        for other in boxes[:n]:
            apart_x = abs(one.x - other.x) >= (one.width + other.width) / 2 - 1
            assert apart_x or abs(one.y - other.y) >= (one.height + other.height) / 2 - 1
    assert len(found.routes) == len(graph_of(registry()[slug]).lines)


def test_names_fit_into_their_boxes() -> None:
    for slug, language in EACH:
        for box in layout_of(slug, language).boxes.values():
            assert max(width_of(line) for line in box.words) * layout.FONT_PX < box.width


def test_security_policy_has_nothing_to_drop() -> None:
    drawn = with_counts(SLUG, "zh-hans", {"submitted": (12, 3)})

    assert re.findall(r"<style|\sstyle=|<script|\son\w+=|href|url\(", drawn) == []


def test_counts_stand_in_the_boxes_and_in_the_description() -> None:
    root = ElementTree.fromstring(with_counts(SLUG, "en", {"submitted": (12, 3), "accepted": (1, 0)}))

    description = root.find(f"{SVG}desc").text
    assert (
        description
        == "Submitted (Service office): 12 cases 3 overdue; Preliminary check (Service office): 1 case"
    )
    assert root.get("role") == "img"
    assert root.get("aria-labelledby").split() == [
        root.find(f"{SVG}{tag}").get("id") for tag in ("title", "desc")
    ]
    words = [" ".join("".join(text.itertext()).split()) for text in root.iter(f"{SVG}text")]
    assert [w for w in words if "case" in w.split() or "cases" in w.split()] == [
        "12 cases ▲ 3 overdue",
        "1 case",
    ]


def test_there_and_back_is_one_line() -> None:
    both = [(line.source, line.target) for line in graph_of(registry()[SLUG]).lines if line.back]

    assert both == [
        ("submitted", "correcting"), ("accepted", "correcting"), ("checked", "correcting"),
        ("verified", "consolidated"),
    ]  # fmt: skip


def test_way_of_a_case_is_thick_and_the_rest_is_pale() -> None:
    way = Way(
        (("draft", "2019-05-01"), ("submitted", "2019-05-04")),
        frozenset({("draft", "submitted")}),
        "submitted",
    )
    root = ElementTree.fromstring(with_way(SLUG, "en", way))

    thick = [path for path in root.iter(f"{SVG}path") if path.get("stroke-width") == "3.0"]
    assert len(thick) == 1
    assert "2019-05-01" in texts(with_way(SLUG, "en", way))
    assert "●here2019-05-04" in texts(with_way(SLUG, "en", way))


def test_chinese_breaks_between_two_steps_and_english_between_words() -> None:
    assert wrapped("要求补正／提交补正并签字", 9.5) == ["要求补正", "提交补正并签字"]
    assert wrapped("Pass the preliminary check", 9.5) == ["Pass the", "preliminary", "check"]
    assert wrapped("", 9.5) == []


def test_layout_program_that_does_not_answer_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "CHILD", "raise SystemExit(1)")

    with pytest.raises(CannotDraw):
        layout.layout_of.__wrapped__(SLUG, "en")
