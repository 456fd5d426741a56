"""The kinds of field that are not identifiers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.words import T
from forms.errors import Problem
from forms.fields import (
    IDENTITY_KINDS,
    KINDS,
    Choice,
    Date,
    DecimalNumber,
    Email,
    Integer,
    LongText,
    Money,
    Option,
    Percent,
    Text,
    Year,
    YesNo,
)

POSTS = Choice(
    options=(Option("a", T(en="Senior post", zh="高层"), ("高管",)), Option("b", T(en="Middle", zh="中层")))
)
SAMPLES = [
    (Text(), "厦门（示例）软件有限公司", "厦门（示例）软件有限公司"),
    (Text(), "  陈 \t 小鹭\x00 ", "陈 小鹭"),
    (Text(), "=HYPERLINK(1)", "=HYPERLINK(1)"),
    (LongText(), " 一\r\n二\r三 ", "一\n二\n三"),
    (POSTS, "高管", "a"),
    (POSTS, " seniorPOST ", "a"),
    (POSTS, "b", "b"),
    (YesNo(), "是", True),
    (YesNo(), "NO", False),
    (YesNo(), "TRUE", True),
    (YesNo(), "√", True),
    (Integer(), "１，２３４", 1234),
    (Integer(minimum=None), "-3", -3),
    (DecimalNumber(), "1,234.50", "1234.5"),
    (DecimalNumber(), "0.00", "0"),
    (DecimalNumber(places=4), "100", "100"),
    (Percent(), "5%", "5"),
    (Percent(), "５．５％", "5.5"),
    (Money(), "360000", 36000000),
    (Money(), "0.05", 5),
    (Money(), "92345.6", 9234560),
    (Money(), "92345.670", 9234567),
    (Money(), "¥ 1,234,567.89 元", 123456789),
    (Money(), "３６００００．５", 36000050),
    (Date(), "2019-03-01", "2019-03-01"),
    (Date(), "2019/3/1", "2019-03-01"),
    (Date(), "2019.3.1", "2019-03-01"),
    (Date(), "2019年3月1日", "2019-03-01"),
    (Date(), "２０１９年３月１日", "2019-03-01"),
    (Date(), "20190301", "2019-03-01"),
    (Date(), "2020-02-29", "2020-02-29"),
    (Year(), "2019年", 2019),
    (Year(), "２０１９", 2019),
    (Email(), " Lu@Example.COM ", "Lu@example.com"),
]
REFUSED = [
    (Text(max_length=3), "一二三四", "too_long", "共 4 字，最多 3 字，请删去 1 字"),
    (Text(), "\x00", "missing", "没有可读的文字"),
    (POSTS, "{x}", "not_an_option", "没有“{x}”这个选项，请填：高层、中层"),
    (YesNo(), "也许", "not_yes_no", "“也许”看不出是或否，请填“是”或“否”"),
    (Integer(), "1.5", "not_whole", "这不是整数，请只填数字"),
    (Integer(minimum=1), "0", "too_small", "最小为 1"),
    (Integer(maximum=1000), "1001", "too_large", "最大为 1,000"),
    (DecimalNumber(), "1.234", "too_precise", "小数超过 2 位，请先四舍五入"),
    (DecimalNumber(), "1,23", "not_a_number", "这不是数字，请写成 1234.5 这样"),
    (Percent(), "101", "too_large", "最大为 100"),
    (Money(), "0.005", "too_precise", "小数超过 2 位，请先四舍五入"),
    (Money(), "三十万", "not_a_number", "请以元为单位填写数字，不用“万”"),
    (Money(), "-1", "too_small", "最少 0.00 元"),
    (Money(maximum_fen=100_00), "100.01", "too_large", "最多 100.00 元"),
    (Date(), "2019-02-30", "no_such_day", "2 月没有 30 日"),
    (Date(), "03/01/2019", "not_a_date", "请把日期写成 2019-03-01"),
    (Date(past=True), "2099-01-01", "in_the_future", "这一天还没有到"),
    (Date(earliest="2016-01-01"), "2015-12-31", "too_early", "最早为 2016-01-01"),
    (Year(first=2016, last=2019), "2015", "year_out_of_range", "年份应在 2016 至 2019 之间"),
    (Year(), "19", "not_a_year", "请填四位年份，如 2019"),
    (Email(), "lu@", "not_an_address", "请把邮箱写成 name@example.com 这样"),
]


@pytest.mark.parametrize(("kind", "raw", "value"), SAMPLES)
def test_value_is_read(kind, raw, value):
    parsed = kind.parse(raw)

    assert parsed == value
    assert type(parsed) is type(value)
    assert json.loads(json.dumps(parsed)) == value


@pytest.mark.parametrize(("kind", "raw", "value"), SAMPLES)
def test_value_can_be_typed_again(kind, raw, value):
    assert kind.parse(kind.raw(value)) == value


@pytest.mark.parametrize(("kind", "raw", "code", "zh"), REFUSED)
def test_value_is_refused_with_words(kind, raw, code, zh):
    with pytest.raises(Problem) as caught:
        kind.parse(raw)

    assert (caught.value.code, caught.value.words.zh) == (code, zh)
    assert caught.value.words.en.isascii() or raw.strip() in caught.value.words.en


@pytest.mark.parametrize(
    ("kind", "value", "zh", "en"),
    [
        (Money(), 28642000, "286,420.00 元", "CNY 286,420.00"),
        (Money(), 5, "0.05 元", "CNY 0.05"),
        (Date(), "2019-03-01", "2019 年 3 月 1 日", "1 March 2019"),
        (YesNo(), False, "否", "No"),
        (POSTS, "a", "高层", "Senior post"),
        (POSTS, "gone", "gone", "gone"),
        (Percent(), "5.5", "5.5%", "5.5%"),
        (Integer(), 12345, "12,345", "12,345"),
        (Year(), 2019, "2019", "2019"),
    ],
)
def test_value_is_shown_in_the_readers_language(kind, value, zh, en):
    assert (kind.show(value, "zh-hans"), kind.show(value, "en")) == (zh, en)


@given(st.integers(0, 10**12))
def test_money_round_trips(amount_fen):
    kind = Money()

    assert kind.parse(kind.raw(amount_fen)) == amount_fen
    assert kind.parse(kind.show(amount_fen, "zh-hans")) == amount_fen


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_but_never_fails(raw):
    for kind in (
        Text(),
        LongText(),
        POSTS,
        IDENTITY_KINDS,
        *(KINDS[slug]() for slug in KINDS if slug != "choice"),
    ):
        try:
            value = kind.parse(raw)
        except Problem as problem:
            assert problem.code and problem.words.en and problem.words.zh
        else:
            assert json.loads(json.dumps(value)) == value
            assert kind.show(value, "en") is not None


def test_every_kind_says_in_one_word_what_it_is():
    assert all(slug == kind.slug for slug, kind in KINDS.items())
