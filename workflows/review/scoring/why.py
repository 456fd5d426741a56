"""Why this score: the arithmetic, line by line, in both languages."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from config.words import T, listed
from workflows.review.scoring.exact import plain
from workflows.review.scoring.ranking import Ranked, TieBreak
from workflows.review.scoring.rubric import Rubric
from workflows.review.scoring.scores import Score
from workflows.review.scoring.totals import Total


def why(score: Score, rubric: Rubric) -> list[T]:
    """Every review with its sum, what does not count and why, and the sum of the sums."""
    lines = [_review(one, rubric) for one in score.counted]
    incomplete = T(
        en="{expert}: incomplete, not counted; missing: {missing}.",
        zh="{expert}：未完成，不计入；缺：{missing}。",
    )
    recused = T(en="{expert}: recused, not counted.", zh="{expert}：回避，不计入。")
    abstained = T(en="{expert}: abstained, not counted.", zh="{expert}：弃权，不计入。")
    lines += [
        incomplete.format(expert=one.expert, missing=_titles(one.missing, rubric)) for one in score.incomplete
    ]
    lines += [recused.format(expert=one.expert) for one in score.recused]
    lines += [abstained.format(expert=one.expert) for one in score.abstained]
    return [*lines, _sum(score)]


def _review(total: Total, rubric: Rubric) -> T:
    assert total.exact is not None
    line = T(en=f"{total.expert}: ", zh=f"{total.expert}：")
    line = _joined(line, _arithmetic(total, rubric))
    if total.left_out:
        left = T(en=" (left open, weights shared out again: {left})", zh="（未评的选评项按权重折算：{left}）")
        line = _joined(line, left.format(left=_titles(total.left_out, rubric)))
    if total.earlier:
        before = " → ".join("—" if one.exact is None else plain(one.exact) for one in total.earlier)
        revised = T(
            en="; before: {before}, revised because: {reason}", zh="；此前：{before}，修改理由：{reason}"
        )
        line = _joined(line, revised.format(before=before, reason=total.review.reason))
    return _joined(line, T(en=".", zh="。"))


def _arithmetic(total: Total, rubric: Rubric) -> T:
    """A plain sum where every point is a point of the total, else the weights as well."""
    assert total.exact is not None
    given = [one for one in rubric.criteria if one.key in total.review.scores]
    scores = [(one, Fraction(total.review.scores[one.key])) for one in given]
    weights = sum((Fraction(one.weight) for one in given), Fraction(0))
    if weights == rubric.full and all(one.most == one.weight for one in given):
        terms = [_titled(one.title, plain(score)) for one, score in scores]
        summed = _listed(terms, " + ")
    else:
        terms = [
            _titled(
                one.title, f"{plain(Fraction(one.weight))} × {plain(score)} ÷ {plain(Fraction(one.most))}"
            )
            for one, score in scores
        ]
        around = T(en="{full} × ({terms}) ÷ {weights}", zh="{full} ×（{terms}）÷ {weights}")
        summed = around.format(
            full=plain(Fraction(rubric.full)), terms=_listed(terms, " + "), weights=plain(weights)
        )
    return T(en="{summed} = {total}", zh="{summed} = {total}").format(summed=summed, total=plain(total.exact))


def _sum(score: Score) -> T:
    """The mean, written out."""
    if score.exact is None:
        return T(en="No review counts yet: no score.", zh="尚无有效评分，不计算得分。")
    values = [plain(one.exact) for one in score.used if one.exact is not None]
    dropped = T(en="", zh="")
    if score.dropped:
        highest, lowest = (plain(one.exact) for one in score.dropped if one.exact is not None)
        dropped = T(
            en="without the highest ({highest}) and the lowest ({lowest}): ",
            zh="去掉最高分（{highest}）和最低分（{lowest}）：",
        ).format(highest=highest, lowest=lowest)
    return T(
        en="Score, {dropped}({values}) ÷ {count} = {exact}, published as {shown}.",
        zh="得分：{dropped}（{values}）÷ {count} = {exact}，公布为 {shown}。",
    ).format(
        dropped=dropped,
        values=" + ".join(values),
        count=len(values),
        exact=plain(score.exact),
        shown=score.shown,
    )


def why_placed(ranked: Ranked, ties: Sequence[TieBreak]) -> T:
    """Rank and place in a sentence, and what told the project from its equals."""
    if ranked.settled_by == "score":
        return T(en=f"Rank {ranked.rank} by its score.", zh=f"按得分名列第 {ranked.rank}。")
    if ranked.settled_by == "tied":
        return T(
            en=f"Rank {ranked.rank}, shared: score and every declared key are equal; a lot would decide.",
            zh=f"并列第 {ranked.rank}：得分及各项比较均相同，须抽签决定。",
        )
    if ranked.settled_by == "lot":
        by = T(en="a lot", zh="抽签")
    else:
        by = next(one.title for one in ties if one.key == ranked.settled_by)
    return T(
        en="Rank {rank}, shared; place {place} by {by}.", zh="并列第 {rank}；按“{by}”排在第 {place} 位。"
    ).format(rank=ranked.rank, place=ranked.place, by=by)


def _titles(keys: Iterable[str], rubric: Rubric) -> T:
    titles = {one.key: one.title for one in rubric.criteria}
    return listed(titles[key] for key in keys)


def _titled(title: T, text: str) -> T:
    return T(en=f"{title.en} {text}", zh=f"{title.zh} {text}")


def _listed(words: Sequence[T], between: str) -> T:
    return T(en=between.join(one.en for one in words), zh=between.join(one.zh for one in words))


def _joined(first: T, second: T) -> T:
    return T(en=first.en + second.en, zh=first.zh + second.zh)
