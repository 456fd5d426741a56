"""Announcements, seeds and certificates out of JSON; what cannot be read is named by its place."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from config.errors import Refusal
from config.words import T
from workflows.review.draw import FORMAT
from workflows.review.draw.announcement import Announcement
from workflows.review.draw.drawing import Draw, Leaving, certificate
from workflows.review.draw.moments import moment_of
from workflows.review.draw.pool import Candidate, Exclusion, Panel, Pool, Quota
from workflows.review.draw.seeds import CommitReveal, NamedSeed, Reveal, Seed, Source


class UnreadableDraw(Refusal):
    """JSON that is not what it should be."""

    code = "draw_unreadable"
    words = T(en="This cannot be read: {where}: {what}.", zh="无法读取：{where}：{what}。")


class AlteredDraw(Refusal):
    """A certificate that does not follow from its own announcement and seed."""

    code = "draw_altered"
    status = 409
    words = T(
        en="The certificate is altered: {where} is not what announcement and seed give.",
        zh="证书已被改动：{where} 与公布内容和种子不符。",
    )


_KINDS = {str: ("text", "文字"), int: ("a whole number", "整数"), bool: ("true or false", "true 或 false"),
          dict: ("an object", "对象"), list: ("a list", "列表")}  # fmt: skip


class _At:
    """A place in the JSON, so that a fault can be named."""

    def __init__(self, value: Any, where: str) -> None:
        self.value, self.where = value, where

    def get(self, name: str) -> "_At":
        found = self.be(dict)
        if name not in found:
            raise self.fault(f"“{name}” is missing", f"缺少“{name}”")
        return _At(found[name], f"{self.where}.{name}")

    def maybe(self, name: str, default: Any) -> "_At":
        return _At(self.be(dict).get(name, default), f"{self.where}.{name}")

    def be(self, kind: type) -> Any:
        # For Python true is a whole number; here it is not.
        if not isinstance(self.value, kind) or (kind is int and isinstance(self.value, bool)):
            raise self.fault(f"it is not {_KINDS[kind][0]}", f"不是{_KINDS[kind][1]}")
        if isinstance(self.value, str) and any("\ud800" <= sign <= "\udfff" for sign in self.value):
            # Half of a character, which no hash can be made of.
            raise self.fault("it holds half a character", "含有残缺字符")
        return self.value

    def each(self) -> "list[_At]":
        return [_At(value, f"{self.where}[{index}]") for index, value in enumerate(self.be(list))]

    def items(self) -> "list[tuple[str, _At]]":
        return [(name, _At(value, f"{self.where}.{name}")) for name, value in self.be(dict).items()]

    def texts(self) -> tuple[str, ...]:
        return tuple(one.be(str) for one in self.each())

    def moment(self) -> datetime:
        try:
            return moment_of(self.be(str))
        except ValueError as error:
            raise self.fault(
                "it is no time such as 2026-11-24T09:00:00Z", "不是时间，例如 2026-11-24T09:00:00Z"
            ) from error

    def words(self) -> T:
        return T(en=self.get("en").be(str), zh=self.get("zh").be(str))

    def fault(self, en: str, zh: str) -> UnreadableDraw:
        return UnreadableDraw(where=self.where, what=T(en=en, zh=zh))


def announcement_of(data: Any, *, frozen_at: datetime | None = None, salt: str | None = None) -> Announcement:
    """The announcement that `data` holds; with `frozen_at` and `salt` one that is to be frozen now.

    Raises:
        UnreadableDraw: a place of it is missing or of another kind.
    """
    root = _At(data, "announcement")
    return Announcement(
        title=root.get("title").words(),
        number=root.get("number").be(int),
        salt=root.get("salt").be(str) if salt is None else salt,
        frozen_at=root.get("frozen_at").moment() if frozen_at is None else frozen_at,
        panel=_panel(root.get("panel")),
        pool=_pool(root),
        method=_method(root.get("seed")),
        algorithm=root.maybe("algorithm", "sha256").be(str),
    )


def _panel(at: _At) -> Panel:
    share = at.maybe("share", [2, 3]).each()
    if len(share) != 2:
        raise at.fault("“share” is two whole numbers, such as [2, 3]", "“share”应为两个整数，例如 [2, 3]")
    return Panel(
        seats=at.get("seats").be(int),
        in_field=at.get("in_field").texts(),
        share=(share[0].be(int), share[1].be(int)),
        per_employer=at.maybe("per_employer", 1).be(int),
        fields=_quotas(at.maybe("fields", {})),
        employers=_quotas(at.maybe("employers", {})),
        least=at.maybe("least", 5).be(int),
        odd=at.maybe("odd", True).be(bool),
    )


def _quotas(at: _At) -> dict[str, Quota]:
    found = {}
    for name, bounds in at.items():
        pair = bounds.each()
        if len(pair) != 2:
            raise bounds.fault("a quota is two numbers: least, most", "名额应为两个数：下限、上限")
        most = None if pair[1].value is None else pair[1].be(int)
        found[name] = Quota(pair[0].be(int), most)
    return found


def _pool(root: _At) -> Pool:
    return Pool(
        candidates=tuple(_candidate(one) for one in root.get("pool").each()),
        excluded=tuple(
            Exclusion(_candidate(one), one.get("rule").be(str), one.maybe("evidence", "").be(str))
            for one in root.maybe("excluded", []).each()
        ),
        rules={name: words.words() for name, words in root.maybe("rules", {}).items()},
    )


def _candidate(at: _At) -> Candidate:
    fields = at.get("fields").texts()
    return Candidate(at.get("code").be(str), at.get("name").be(str), at.get("employer").be(str), fields)


def _method(at: _At) -> NamedSeed | CommitReveal:
    kind = at.get("kind").be(str)
    if kind == "named":
        return NamedSeed(tuple(_source(one) for one in at.get("sources").each()))
    if kind == "commit_reveal":
        return CommitReveal(at.get("officials").texts())
    raise at.fault("“kind” is “named” or “commit_reveal”", "“kind”应为“named”或“commit_reveal”")


def _source(at: _At) -> Source:
    return Source(
        name=at.get("name").be(str),
        numbers=at.get("numbers").be(int),
        lowest=at.get("lowest").be(int),
        highest=at.get("highest").be(int),
        known_at=at.get("known_at").moment(),
        distinct=at.maybe("distinct", True).be(bool),
    )


def seed_of(data: Any) -> Seed:
    """The seed that `data` holds: `{"numbers": {source: […]}}` or `{"reveals": […]}`.

    Raises:
        UnreadableDraw: it holds neither.
    """
    root = _At(data, "seed")
    if "numbers" in root.be(dict):
        return {
            name: [one.be(int) for one in numbers.each()] for name, numbers in root.get("numbers").items()
        }
    return [_reveal(one) for one in root.get("reveals").each()]


def _reveal(at: _At) -> Reveal:
    return Reveal(
        official=at.get("official").be(str),
        commitment=at.get("commitment").be(str),
        committed_at=at.get("committed_at").moment(),
        secret=at.get("secret").be(str),
        revealed_at=at.get("revealed_at").moment(),
    )


def draw_of(data: Any) -> Draw:
    """What a certificate follows from, after computing it anew.

    Raises:
        UnreadableDraw: it is no certificate.
        AlteredDraw: something in it is not what announcement and seed give.
    """
    root = _At(data, "certificate")
    if root.get("format").be(str) != FORMAT:
        raise root.fault(f"its format is not {FORMAT}", f"格式不是 {FORMAT}")
    leavings = tuple(
        Leaving(
            one.get("out").be(str),
            one.get("reason").be(str),
            one.get("at").moment(),
            one.get("words").be(str),
        )
        for one in root.get("replacements").each()
    )
    draw = Draw(
        announcement_of(root.get("announcement").value), seed_of(root.get("seed").value),
        root.get("drawn_at").moment(), leavings,
    )  # fmt: skip
    _compare(data, certificate(draw))
    return draw


def _compare(given: Mapping[str, Any], computed: Mapping[str, Any]) -> None:
    for name in sorted(computed.keys() | given.keys()):
        if given.get(name) != computed.get(name):
            raise AlteredDraw(where=name)


def read_reveals(data: Sequence[Any]) -> Seed:
    """The reveals of several officials, each from a file of its own."""
    return seed_of({"reveals": list(data)})
