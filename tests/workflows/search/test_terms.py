"""What was typed is taken apart without being changed; what is broken is named with its place."""

import pytest

from workflows.search.terms import terms_of


def taken(text: str) -> list[tuple[str, str, str, bool]]:
    terms, problems = terms_of(text)
    assert problems == []
    return [(t.key, t.sign, t.value, t.negated) for t in terms]


def test_keywords_signs_quotes_and_negation_are_told_apart() -> None:
    assert taken('-state:checked amount:>=1e6 "two words" 软件 applicant:"a b" -"x"') == [
        ("state", "", "checked", True), ("amount", ">=", "1e6", False), ("", "", "two words", False),
        ("", "", "软件", False), ("applicant", "", "a b", False), ("", "", "x", True),
    ]  # fmt: skip


def test_full_width_signs_are_read_as_their_plain_ones() -> None:
    assert taken("状态：初审　金额：＞１００万 －“软 件”") == [
        ("状态", "", "初审", False), ("金额", ">", "100万", False), ("", "", "软 件", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "word", "start"),
    [
        ('a "open', '"open', 2),
        ("state: x", "state:", 0),
        ("x -", "-", 2),
        ("a:b:c", "a:b:c", 0),
        (">5", ">5", 0),
        ('""', '""', 0),
    ],
)
def test_broken_writing_is_named_with_its_place(text: str, word: str, start: int) -> None:
    (problem,) = terms_of(text)[1]
    assert (problem.word, problem.start, text[problem.start : problem.end]) == (word, start, word)
    assert word in problem.words.en
    assert word in problem.words.zh
