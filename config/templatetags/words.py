"""How sums, days, moments and states are written, in the language of the page. Builtin in every template."""

import datetime as dt
from collections.abc import Collection, Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from config.words import T
from config.words import listed as joined

register = template.Library()

FEN_IN_WAN = 1_000_000
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TONES = frozenset({"", "ok", "wait", "due", "no"})


def _english() -> bool:
    return (get_language() or "").startswith("en")


@register.filter
def yuan(amount_fen: int | str | None) -> str:
    """Fen as yuan with two decimals, for tables: 28642000 → "286,420.00"; empty for None."""
    if amount_fen is None or amount_fen == "":
        return ""
    return f"{Decimal(amount_fen) / 100:,.2f}"


@register.filter
def wan(amount_fen: int | str | None) -> str:
    """Fen for summaries: "28.64 万元" in Chinese ("8,000 元" below one 万), "CNY 286,420" in English."""
    if amount_fen is None or amount_fen == "":
        return ""
    amount = Decimal(amount_fen)
    if _english():
        return f"CNY {(amount / 100).quantize(Decimal(1), ROUND_HALF_UP):,}"
    if abs(amount) < FEN_IN_WAN:
        return f"{(amount / 100).quantize(Decimal(1), ROUND_HALF_UP):,} 元"
    return f"{(amount / FEN_IN_WAN).quantize(Decimal('0.01'), ROUND_HALF_UP):,} 万元"


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """A date as "11 月 29 日" or "29 Nov"; with its year when that is not the current one."""
    if not value:
        return ""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    this_year = value.year == timezone.localdate().year
    if _english():
        return f"{value.day} {MONTHS[value.month - 1]}" + ("" if this_year else f" {value.year}")
    return ("" if this_year else f"{value.year} 年 ") + f"{value.month} 月 {value.day} 日"


@register.filter
def dated(value: dt.date | dt.datetime | None) -> str:
    """A date with its year, for papers: "2019 年 4 月 19 日" or "19 Apr 2019"."""
    if not value:
        return ""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).date()
    if _english():
        return f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    return f"{value.year} 年 {value.month} 月 {value.day} 日"


@register.filter
def limit(value: dt.date | None, provisional: Collection[dt.date] | bool) -> str:
    """A day as `day` writes it, and whether it is provisional: `{{ case.due_on|limit:provisional }}`, where
    `provisional` is true, or holds the days that rest on a calendar that is not official yet."""
    words = day(value)
    if not words or not provisional or (provisional is not True and value not in provisional):
        return words
    return f"{words} (provisional)" if _english() else f"{words}（暂定）"


@register.filter
def moment(value: dt.datetime | None) -> str:
    """An aware time as "11 月 29 日 17:30" in the zone of the page."""
    if not value:
        return ""
    local = timezone.localtime(value)
    return f"{day(local)} {local:%H:%M}"


@register.filter
def ago(value: dt.datetime | None) -> str:
    """How long ago, roughly: "10 秒前", "3 minutes ago"; the moment itself after a day."""
    if not value:
        return ""
    seconds = max(0, int((timezone.now() - value).total_seconds()))
    for unit_seconds, en, zh in ((60, "second", "秒"), (60, "minute", "分钟"), (24, "hour", "小时")):
        if seconds < unit_seconds:
            return f"{seconds} {en}{'' if seconds == 1 else 's'} ago" if _english() else f"{seconds} {zh}前"
        seconds //= unit_seconds
    return moment(value)


@register.filter
def listed(values: Iterable[Any] | None) -> str:
    """Several things as one reads them: "a, b" in English, "a、b" in Chinese."""
    return str(joined(values or ()))


@register.filter
def count(value: int | str | None) -> str:
    """A whole number with thousands separators."""
    return "" if value is None or value == "" else f"{int(value):,}"


@register.filter
def percent(value: Decimal | float | str | None) -> str:
    """A share (0–1) with one decimal: 0.335 → "33.5%"."""
    return "" if value is None or value == "" else f"{Decimal(str(value)) * 100:.1f}%"


@register.simple_tag
def tag(words: T | str, tone: str = "") -> SafeString:
    """A state as a word with its shape: `{% tag state.words "ok" %}`; tones: ok, wait, due, no, or none."""
    return format_html('<span class="tag {}">{}</span>', tone if tone in TONES else "", str(words))


@register.filter
def tag_for(thing: Any) -> SafeString:
    """The tag of anything with `words` and `tone`: `{{ case.state|tag_for }}`."""
    return tag(getattr(thing, "words", None) or str(thing), getattr(thing, "tone", ""))
