"""Whom the quotas still let onto a panel, and what stands in the way where no panel keeps them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from config.errors import Refusal
from config.words import T
from workflows.review.draw.circulation import Edge, fits
from workflows.review.draw.pool import Candidate, Panel

# Why somebody is passed over, in the order in which it is asked.
PASSED = {
    "employer_full": T(en="their employer has its seats already", zh="所在单位名额已满"),
    "outside_full": T(en="the seats for experts of other fields are taken", zh="非本领域专家名额已满"),
    "field_full": T(en="the seats of their fields are taken", zh="所属领域名额已满"),
    "seats_reserved": T(en="the seats that are left are needed for other quotas", zh="余下席位须留给其他名额要求"),
}  # fmt: skip


class DrawInfeasible(Refusal):
    """No panel keeps all quotas; each that stands in the way is named."""

    code = "draw_infeasible"
    status = 409
    words = T(
        en="No panel of {seats} can be drawn from {candidates} candidates of {employers} employers. {why}",
        zh="从 {candidates} 名候选人（{employers} 个单位）中抽不出 {seats} 人的专家组。{why}",
    )


# What an employer can send: its bounds, and for each set of fields how many sit and how many can.
_Kind = tuple[int, int, tuple[tuple[tuple[str, ...], int, int], ...]]


class Quotas:
    """The quotas of a panel over those who can be drawn. Verdicts are kept: many candidates are alike."""

    def __init__(self, panel: Panel, available: Iterable[Candidate]) -> None:
        self.panel = panel
        self._offers: dict[str, Counter[tuple[str, ...]]] = {name: Counter() for name in panel.employers}
        for one in available:
            self._offers.setdefault(one.employer, Counter())[one.fields] += 1
        # Employers that can send the same are one node, with a multiple of its bounds.
        self._kinds = Counter(self._kind(employer, Counter()) for employer in self._offers)
        self._verdicts: dict[frozenset[tuple[_Kind, int]], bool] = {}

    def why_passed(self, seated: Sequence[Candidate], candidate: Candidate) -> str:
        """The rule by which `candidate` cannot join those who are seated; empty where they can."""
        panel, members = self.panel, [*seated, candidate]
        colleagues = sum(one.employer == candidate.employer for one in members)
        if colleagues > panel.of_employer(candidate.employer)[1]:
            return "employer_full"
        if self.reachable(members):
            return ""
        outside = sum(not set(one.fields) & set(panel.in_field) for one in members)
        if outside > panel.seats - panel.needed_in_field:
            return "outside_full"
        alone = Quotas(_without_minima(panel, len(members)), members)
        return "seats_reserved" if alone.reachable(members) else "field_full"

    def reachable(self, members: Sequence[Candidate]) -> bool:
        """Whether a panel that keeps every quota can be made of `members` and of those who can still be drawn."""
        seated: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
        for one in members:
            seated[one.employer][one.fields] += 1
        kinds = self._kinds.copy()
        for employer, sits in seated.items():
            kinds[self._kind(employer, Counter())] -= 1
            kinds[self._kind(employer, sits)] += 1
        state = frozenset((+kinds).items())
        if state not in self._verdicts:
            self._verdicts[state] = fits(_edges(self.panel, dict(state)))
        return self._verdicts[state]

    def _kind(self, employer: str, sits: Counter[tuple[str, ...]]) -> _Kind:
        offered, (least, most) = self._offers[employer], self.panel.of_employer(employer)
        if most == 1 and not sits:
            # Whoever comes, it is one of them, for any of their fields.
            fields = tuple(sorted({name for some in offered for name in some}))
            return least, most, ((fields, 0, 1),) if fields else ()
        return least, most, tuple(
            (fields, sits[fields], min(most, max(offered[fields], sits[fields])))
            for fields in sorted(offered.keys() | sits.keys())
        )  # fmt: skip


def _edges(panel: Panel, kinds: Mapping[_Kind, int]) -> Iterator[Edge]:
    """Seats → employers → sets of fields → field that is sat for → in the field or not → seats."""
    for kind, many in kinds.items():
        least, most, sends = kind
        yield "seats", kind, least * many, most * many
        for fields, sits, can in sends:
            yield kind, (kind, fields), sits * many, can * many
            for name in fields:
                yield (kind, fields), ("field", name), 0, can * many
    inside = panel.needed_in_field
    names = {name for *_, sends in kinds for fields, *_ in sends for name in fields}
    for name in names | panel.fields.keys():
        least, most = panel.of_field(name)
        yield ("field", name), ("in field", name in panel.in_field), least, most
    yield ("in field", True), "all", inside, panel.seats
    yield ("in field", False), "all", 0, panel.seats - inside
    yield "all", "seats", panel.seats, panel.seats


def _without_minima(panel: Panel, seats: int) -> Panel:
    fields = {name: replace(quota, at_least=0) for name, quota in panel.fields.items()}
    return replace(panel, seats=seats, fields=fields, employers={}, share=(0, 1), per_employer=panel.seats)


def check_feasible(panel: Panel, available: Sequence[Candidate], members: Sequence[Candidate] = ()) -> None:
    """Refuse a draw that no panel can come of.

    Raises:
        DrawInfeasible: with what is too few of what, and which quotas would have to give way.
    """
    if Quotas(panel, available).reachable(members):
        return
    short = _shortages(panel, available, members)
    easing = [words for eased, words in _easings(panel) if Quotas(eased, available).reachable(members)]
    either = T(
        en="It would come about with any one of these: " + "; ".join(words.en for words in easing) + ".",
        zh="满足以下任一项即可：" + "；".join(words.zh for words in easing) + "。",
    )
    why = [*short, *([either] if easing else [])] or [
        T(en="Several quotas stand in the way together.", zh="多项名额要求同时不能满足。")
    ]
    raise DrawInfeasible(
        seats=panel.seats,
        candidates=len(available),
        employers=len({one.employer for one in available}),
        why=T(en=" ".join(words.en for words in why), zh="".join(words.zh for words in why)),
    )


def _shortages(panel: Panel, available: Sequence[Candidate], members: Sequence[Candidate]) -> list[T]:
    """What there is too little of, each taken by itself."""
    people = list({one.code: one for one in (*available, *members)}.values())
    counts = [(panel.seats, _can_send(panel, people), T(en="seats", zh="席位"))]
    inside = _can_send(panel, [one for one in people if set(one.fields) & set(panel.in_field)])
    counts.append((panel.needed_in_field, inside, T(en="experts in the field", zh="本领域专家")))
    for name, quota in sorted(panel.fields.items()):
        there = _can_send(panel, [one for one in people if name in one.fields])
        counts.append((quota.at_least, there, T(en=f"experts of “{name}”", zh=f"“{name}”专家")))
    for name, quota in sorted(panel.employers.items()):
        there = sum(one.employer == name for one in people)
        counts.append((quota.at_least, there, T(en=f"experts from “{name}”", zh=f"“{name}”的专家")))
    return [
        T(
            en="Of {what} {needed} are needed, and at most {there} can be had.",
            zh="{what}需要 {needed} 名，最多只有 {there} 名。",
        ).format(what=what, needed=needed, there=there)
        for needed, there, what in counts
        if there < needed
    ]


def _can_send(panel: Panel, people: Sequence[Candidate]) -> int:
    """How many of them can sit together, when employers keep to what they may send."""
    per_employer = Counter(one.employer for one in people)
    return sum(min(count, panel.of_employer(name)[1]) for name, count in per_employer.items())


def _easings(panel: Panel) -> Iterator[tuple[Panel, T]]:
    """The panel with one quota less, and the words for it; the cheapest first."""
    for name, quota in sorted(panel.fields.items()):
        rest = {other: one for other, one in panel.fields.items() if other != name}
        if quota.at_least:
            eased = replace(panel, fields={**rest, name: replace(quota, at_least=0)})
            yield eased, T(en=f"no least number for “{name}”", zh=f"取消“{name}”的下限")
        if quota.at_most is not None:
            eased = replace(panel, fields={**rest, name: replace(quota, at_most=None)})
            yield eased, T(en=f"no limit for “{name}”", zh=f"取消“{name}”的上限")
    for name in sorted(panel.employers):
        rest = {other: one for other, one in panel.employers.items() if other != name}
        words = T(en=f"no quota of its own for “{name}”", zh=f"取消“{name}”的单独名额")
        yield replace(panel, employers=rest), words
    more = panel.per_employer + 1
    yield replace(panel, per_employer=more), T(en=f"{more} from one employer", zh=f"每单位可有 {more} 人")
    if panel.seats - 2 >= panel.least:
        fewer = panel.seats - 2
        yield replace(panel, seats=fewer), T(en=f"a panel of {fewer}", zh=f"专家组改为 {fewer} 人")
    if panel.share[0]:
        yield replace(panel, share=(0, 1)), T(en="no least share in the field", zh="取消本领域专家比例要求")
