"""Many numbers are sealed and indexed as one is."""

import base64
import hmac

from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from accounts.sealing import NONCE_BYTES, blind_index, blind_indexes, seal, seal_all, unseal

NUMBERS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=6)


@given(NUMBERS)
def test_each_of_many_opens_to_its_own_text(texts: list[str]) -> None:
    assert [unseal(sealed) for sealed in seal_all(texts)] == texts


def test_each_of_many_has_a_nonce_of_its_own() -> None:
    sealed = [*seal_all(["350299199001150013"] * 500), seal("350299199001150013")]

    assert len({value.partition(b"\0")[2][:NONCE_BYTES] for value in sealed}) == 501


@given(NUMBERS)
def test_index_is_the_keyed_hash_of_the_folded_number(texts: list[str]) -> None:
    key = base64.b64decode(settings.BLIND_INDEX_KEY)
    folded = ["".join(text.split()).upper() for text in texts]
    wanted = [hmac.digest(key, text.encode(), "sha256")[:16] if text else b"" for text in folded]

    assert blind_indexes(texts) == wanted == [blind_index(text) for text in texts]
