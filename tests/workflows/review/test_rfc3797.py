"""RFC 3797, section 6: the fully worked example, to the last figure."""

import pytest

from workflows.review.draw.rfc3797 import MOST, key_of, picks

SEEDS = [[9319], [2, 5, 12, 8, 10], [9, 18, 26, 34, 41, 45]]
# Index, digest, how many were left, who was selected, as the RFC prints them.
EXAMPLE = """
 1  990DD0A5692A029A98B5E01AA28F3459  25  17
 2  3691E55CB63FCC37914430B2F70B5EC6  24   7
 3  FE814EDF564C190AC1D25753979990FA  23   2
 4  1863CCACEB568C31D7DDBDF1D4E91387  22  16
 5  F4AB33DF4889F0AF29C513905BE1D758  21  25
 6  13EAEB529F61ACFB9A29D0BA3A60DE4A  20  23
 7  992DB77C382CA2BDB9727001F3CDCCD9  19   8
 8  63AB4258ECA922976811C7F55C383CE7  18  24
 9  DFBC5AC97CED01B3A6E348E3CC63F40D  17  19
10  31CB111C4A4EBE9287CEAE16FE51B909  16  13
11  07FA46C122F164C215BBC72793B189A3  15  22
12  AC52F8D75CCBE2E61AFEB3387637D501  14   5
13  53306F73E14FC0B2FBF434218D25948E  13  18
14  B5D1403501A81F9A47318BE7893B347C  12   9
15  85B10B356AA06663EF1B1B407765100A  11   1
16  3269E6CE559ABD57E2BA6AAB495EB9BD  10   4
"""


def test_worked_example_of_the_rfc_comes_out_exactly():
    expected = [line.split() for line in EXAMPLE.strip().splitlines()]

    found = list(picks(25, key_of(SEEDS), "md5"))

    assert key_of(SEEDS) == "9319./2.5.8.10.12./9.18.26.34.41.45./"
    assert [
        [str(pick.place), pick.digest.upper(), str(pick.of), str(pick.position + 1)] for pick in found[:16]
    ] == expected
    assert sorted(pick.position for pick in found) == list(range(25))


def test_another_hash_gives_another_order_of_the_same_pool():
    by_default = [pick.position for pick in picks(25, key_of(SEEDS))]

    assert by_default == [pick.position for pick in picks(25, key_of(SEEDS), "sha256")]
    assert by_default != [pick.position for pick in picks(25, key_of(SEEDS), "md5")]
    assert sorted(by_default) == list(range(25))


def test_pool_that_two_bytes_cannot_number_is_refused():
    with pytest.raises(ValueError, match="65,535"):
        next(picks(MOST + 1, "1./"))
