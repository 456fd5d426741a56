"""A section drawn as HTML: what a person, a keyboard and a screen reader get."""

import re
from html.parser import HTMLParser

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from forms.bound import bind
from tests.forms.test_answers import COMPLETE
from tests.forms.test_schema import FORM


class Tags(HTMLParser):
    """The elements of a page, by id and by name."""

    def __init__(self, html):
        super().__init__()
        self.all = []
        self.feed(html)
        self.by_id = {attrs["id"]: (tag, attrs) for tag, attrs in self.all if "id" in attrs}

    def handle_starttag(self, tag, attrs):
        self.all.append((tag, dict(attrs)))

    def named(self, name):
        return [attrs for _, attrs in self.all if attrs.get("name") == name]


def drawn(section, answers, language="zh-hans", **options):
    with translation.override(language):
        return render_to_string("forms/section.html", {"bound": bind(FORM, section, answers, **options)})


def test_field_has_its_label_hint_and_attributes():
    html = drawn("contact", {"name": '<b>"陈"'})
    tags = Tags(html)

    assert tags.by_id["field-name"] == (
        "input",
        {
            "type": "text",
            "id": "field-name",
            "name": "name",
            "aria-required": "true",
            "autocomplete": "name",
            "value": '<b>"陈"',
        },
    )
    assert '<label for="field-name">姓名</label>' in html
    mobile = tags.by_id["field-mobile"][1]
    assert (mobile["type"], mobile["inputmode"], mobile["autocomplete"]) == ("tel", "tel", "tel-national")
    assert mobile["aria-describedby"] == "field-mobile-hint"
    assert "11 位数字" in html
    assert "我们联系的人" in html


def test_error_stands_beside_its_field_and_in_the_summary():
    html = drawn("contact", {**COMPLETE, "id_number": "350203199002300017"}, reveal={"id_number"})
    tags = Tags(html)

    number = tags.by_id["field-id_number"][1]
    assert (number["aria-invalid"], number["aria-describedby"]) == ("true", "field-id_number-error")
    assert number["value"] == "350203199002300017"
    assert tags.by_id["errors"][1]["role"] == "alert"
    assert '<li><a href="#field-id_number">证件号码</a>' in html
    assert html.count("2 月没有 30 日") == 2


def test_missing_is_shown_only_when_asked_for():
    assert Tags(drawn("contact", {})).by_id.get("errors") is None

    html = drawn("contact", {}, missing=True)

    assert html.count("还没有填写") == 8
    for target in re.findall(r'href="#([^"]+)"', html):
        assert target in Tags(html).by_id


def test_personal_number_is_masked_and_kept():
    html = drawn("contact", COMPLETE)
    tags = Tags(html)

    assert tags.by_id["field-mobile"][1]["value"] == ""
    assert tags.by_id["field-mobile"][1]["aria-describedby"] == "field-mobile-hint field-mobile-kept"
    assert tags.named("mobile.kept")[0]["value"] == "1"
    assert "138＊＊＊＊8000" in html
    assert "13800138000" not in html.replace(" ", "")


def test_options_are_a_group_with_a_legend():
    html = drawn("contact", {"id_kind": "passport"})
    tags = Tags(html)

    radios = tags.named("id_kind")
    assert [radio["value"] for radio in radios if "checked" in radio] == ["passport"]
    assert radios[0]["id"] == "field-id_kind"
    assert "<legend>证件类型</legend>" in html
    assert len({radio["id"] for radio in radios}) == 4


def test_many_options_are_a_list():
    html = drawn("money", {"years": "3"})

    assert '<option value="3" selected>3 年</option>' in html
    assert ("select", "field-years") in [(tag, attrs.get("id")) for tag, attrs in Tags(html).all]


def test_condition_is_told_to_the_script_and_the_field_is_there_without_it():
    tags = Tags(drawn("money", {}))

    box = next(attrs for _, attrs in tags.all if attrs.get("data-show-if"))
    assert (box["data-show-if"], box["data-show-values"]) == ("had_before", "yes")
    assert "hidden" not in box
    assert "field-had_on" in tags.by_id


def test_locked_field_is_read_not_typed():
    html = drawn("contact", COMPLETE, only={"mobile"})

    assert [name for name in ("name", "id_kind", "id_number", "mobile") if Tags(html).named(name)] == [
        "mobile"
    ]
    assert "陈小鹭" in html
    assert "居民身份证" in html
    assert "350299＊＊＊＊0013" in html


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_page_speaks_one_language_and_has_no_inline_script_or_style(language):
    html = "".join(drawn(section, {}, language, missing=True) for section in ("contact", "money"))

    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", html)
    words = re.sub(r"<[^>]*>", "", html)
    assert bool(re.search(r"[\u4e00-\u9fff]", words)) == (language == "zh-hans")


def test_ids_are_unique_and_descriptions_exist():
    html = drawn("money", {**COMPLETE, "asked_fen": "x"}, missing=True) + drawn("contact", {}, missing=True)
    ids = re.findall(r'\sid="([^"]+)"', html)

    assert sorted(set(ids) - {"errors"}) == sorted(i for i in ids if i != "errors")
    for described in re.findall(r'aria-describedby="([^"]+)"', html):
        assert set(described.split()) <= set(ids)


def test_long_text_keeps_its_first_empty_line():
    html = drawn("money", {"why": "\n二"})

    assert ">\n\n二</textarea>" in html


def test_last_saved_time_is_shown():
    with translation.override("en"):
        html = render_to_string("forms/save_status.html", {"saved_at": timezone.now()})

    assert re.search(r">Saved .*\d\d:\d\d</p>", html)
    assert 'aria-live="polite"' in html
