"""A row's pattern escapes what people wrote, and takes nothing of it for a place of its own."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils.safestring import SafeString

from config.pattern import joined, pattern


@pytest.fixture
def template(tmp_path: Path, settings: LazySettings) -> str:
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    (tmp_path / "row.html").write_text('<li title="{{ share }}">[[name]] {{ word }} [[name]]: [[sum]]</li>')
    return "row.html"


def test_filled_in_values_are_escaped_unless_they_are_safe(template: str) -> None:
    fill = pattern(template, {"share": "50 %", "word": "<has>"})
    assert fill({"name": "A & <b>", "sum": SafeString("<b>1</b>")}) == (
        '<li title="50 %">A &amp; &lt;b&gt; &lt;has&gt; A &amp; &lt;b&gt;: <b>1</b></li>'
    )


def test_what_looks_like_a_place_stays_as_it_was_written(template: str) -> None:
    fill = pattern(template, {"share": "%(name)s", "word": ""})
    line = fill({"name": "[[sum]] %(sum)s %", "sum": 1})
    assert line == '<li title="%(name)s">[[sum]] %(sum)s %  [[sum]] %(sum)s %: 1</li>'
    assert isinstance(joined([line, line]), SafeString)


def test_missing_value_is_an_error(template: str) -> None:
    with pytest.raises(KeyError, match="sum"):
        pattern(template, {})({"name": "A"})
