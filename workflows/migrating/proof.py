"""Can a case of one policy version go on under another, and still finish? Asked of the two graphs alone."""

from collections.abc import Iterator
from dataclasses import dataclass

from config.words import T
from workflows.engine.declare import Programme
from workflows.engine.endings import endings

GONE = T(
    en="“{state}” does not exist in {policy}: map it, --map {slug}=STATE.",
    zh="{policy} 没有“{state}”：请用 --map {slug}=STATE 指定。",
)
ENDS_IT = T(
    en="“{state}” is an end: cases end by a decision, not by a migration.",
    zh="“{state}”是办结状态：案件须经决定办结，不能以迁移办结。",
)
STANDS_STILL = T(
    en="While the clock stands still a case keeps its state: let that be answered first.",
    zh="期间暂停的案件不能改变状态：请先办结该环节。",
)
NO_WAY_BACK = T(
    en="From “{state}” no way leads back to “{resume}” in {policy}.",
    zh="在 {policy} 中从“{state}”回不到“{resume}”。",
)
VERIFIED = T(
    en="It is in a batch that a second person has verified: take it out of the batch first.",
    zh="所在批次已经第二人核验：请先移出本批。",
)
GOES_NOWHERE = T(
    en="From “{state}” no end can be reached in {policy}.", zh="在 {policy} 中从“{state}”无法办结。"
)
NO_AWARD = T(
    en="It can still be granted now, and could not from “{state}” in {policy}.",
    zh="现仍可获批，而在 {policy} 的“{state}”则不能。",
)


@dataclass(frozen=True, slots=True)
class Way:
    """From a state of `old` to one of `new`; `back` is where a case that was set aside comes back to.

    `is_verified`: a second person has verified the batch that it is in.
    """

    old: str
    new: str
    state: str
    to: str
    back: str
    is_verified: bool = False


def still_decided(programme: Programme, state: str, policy: str) -> bool:
    """Whether people are still being decided there: where they can be looked through for duplicates again."""
    recheck = programme.steps_in(policy).get("recheck")
    return recheck is not None and state in recheck.sources


def why_not(programme: Programme, way: Way) -> T | None:
    """The reason why a case cannot go this way and still finish; None where it can."""
    return next(_reasons(programme, way), None)


def _reasons(programme: Programme, way: Way) -> Iterator[T]:
    here = {str(s): s for s in programme.states_in(way.new)}
    if way.to not in here:
        label = programme.state(way.state).label
        yield GONE.format(state=label, policy=way.new, slug=way.state)
        return
    values = {"state": here[way.to].label, "policy": way.new}
    if here[way.to].outcome:
        yield ENDS_IT.format(**values)
    if way.is_verified and still_decided(programme, way.to, way.new):
        yield VERIFIED
    if programme.state(way.state).stops_clock or here[way.to].stops_clock:
        if way.to != way.state:
            yield STANDS_STILL
        elif (way.to, way.back) not in {(source, target) for source, _, target in programme.edges(way.new)}:
            resume = programme.state(way.back).label if way.back else ""
            yield NO_WAY_BACK.format(resume=resume, **values)
    ends = endings(programme, way.new)[way.to]
    if not ends:
        yield GOES_NOWHERE.format(**values)
    if "good" in endings(programme, way.old).get(way.state, set()) - ends:
        yield NO_AWARD.format(**values)
