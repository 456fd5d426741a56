from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone, translation

from accounts.templatetags.masking import masked, masked_name
from config.templatetags import words
from config.words import T

THIS_YEAR = timezone.localdate().year


@pytest.mark.parametrize(
    ("fen", "written"),
    [(28_642_000, "286,420.00"), (5, "0.05"), (0, "0.00"), (-120_400, "-1,204.00"), (None, "")],
)
def test_yuan(fen, written):
    assert words.yuan(fen) == written


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (28_642_000, "28.64 万元", "CNY 286,420"),
        (369_011_570, "369.01 万元", "CNY 3,690,116"),
        (800_000, "8,000 元", "CNY 8,000"),
        (1_100_920_000, "1,100.92 万元", "CNY 11,009,200"),
        (None, "", ""),
    ],
)
def test_wan(fen, zh, en):
    with translation.override("zh-hans"):
        assert words.wan(fen) == zh
    with translation.override("en"):
        assert words.wan(fen) == en


def test_day_names_the_year_only_where_it_is_another():
    with translation.override("zh-hans"):
        assert words.day(date(THIS_YEAR, 11, 29)) == "11 月 29 日"
        assert words.day(date(2019, 11, 9)) == "2019 年 11 月 9 日"
    with translation.override("en"):
        assert words.day(date(THIS_YEAR, 11, 29)) == "29 Nov"
        assert words.day(date(2019, 11, 9)) == "9 Nov 2019"
    assert words.day(None) == ""


def test_moment_and_day_are_of_the_local_zone():
    late = datetime(2019, 11, 28, 17, 30, tzinfo=UTC)
    with translation.override("zh-hans"):
        assert words.moment(late) == "2019 年 11 月 29 日 01:30"
        assert words.day(late) == "2019 年 11 月 29 日"


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [(10, "10 秒前", "10 seconds ago"), (61, "1 分钟前", "1 minute ago"), (7300, "2 小时前", "2 hours ago")],
)
def test_ago(seconds, zh, en):
    then = timezone.now() - timedelta(seconds=seconds)
    with translation.override("zh-hans"):
        assert words.ago(then) == zh
    with translation.override("en"):
        assert words.ago(then) == en


def test_tag_has_a_word_and_escapes_it():
    with translation.override("en"):
        assert words.tag(T(en="<Held>", zh="暂缓"), "due") == '<span class="tag due">&lt;Held&gt;</span>'
        assert words.tag("x", '"><script>') == '<span class="tag ">x</span>'


def test_count_and_percent():
    assert (words.count(100_000), words.count(None)) == ("100,000", "")
    assert words.percent(0.335) == "33.5%"


def test_masked():
    assert masked("350299199001150013", 6) == "350299＊＊＊＊0013"
    assert masked("") == ""
    assert (masked_name("李示例"), masked_name("欧"), masked_name("")) == ("李＊＊", "欧＊", "")
