from hypothesis import given
from hypothesis import strategies as st

from forms.roster import Difference, compare

ROSTERS = st.dictionaries(st.integers(0, 20), st.integers(0, 3)).map(lambda d: list(d.items()))


def test_second_upload_tells_added_changed_removed_and_same():
    old = [("a", 1), ("b", 1), ("c", 1)]
    new = [("d", 1), ("c", 2), ("a", 1)]

    assert compare(old, new) == Difference(added=["d"], changed=["c"], removed=["b"], same=["a"])


@given(ROSTERS, ROSTERS)
def test_difference_accounts_for_every_key_once(old, new):
    difference = compare(iter(old), iter(new))

    keys = [*difference.added, *difference.changed, *difference.removed, *difference.same]
    assert sorted(keys) == sorted({key for key, _ in old + new})
    assert set(difference.same) == {key for key, print_ in new if (key, print_) in old}
