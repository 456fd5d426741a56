"""Personal numbers at rest: sealed with AES-GCM under a named key, found again by a keyed blind index.

The cipher and the hash stand behind this one seam, so that an authority that asks for SM4 and SM3
changes this module and nothing else.
"""

import base64
import hmac
import os
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

NONCE_BYTES = 12


class UnknownKey(RuntimeError):  # noqa: N818 - it names the cause
    """A sealed value names a key that the settings do not hold (or was altered)."""


@cache
def _ciphers() -> dict[str, AESGCM]:
    ciphers = {}
    for entry in settings.FIELD_KEYS:
        key_id, _, secret = entry.partition(":")
        ciphers[key_id] = AESGCM(base64.b64decode(secret))
    return ciphers


def seal(text: str) -> bytes:
    """`text` encrypted under the first key: key id, NUL, nonce, ciphertext. Empty text stays empty."""
    return seal_all((text,))[0]


def seal_all(texts: Collection[str]) -> list[bytes]:
    """Each of `texts` as `seal` does it, with a nonce of its own; the random bytes are drawn in one call."""
    key_id, cipher = next(iter(_ciphers().items()))
    associated, encrypt = key_id.encode(), cipher.encrypt
    head, drawn = associated + b"\0", os.urandom(NONCE_BYTES * len(texts))
    nonces = (drawn[start : start + NONCE_BYTES] for start in range(0, len(drawn), NONCE_BYTES))
    return [
        head + nonce + encrypt(nonce, text.encode(), associated) if text else b""
        for text, nonce in zip(texts, nonces, strict=True)
    ]


def unseal(sealed: bytes | memoryview) -> str:
    """The text that `seal` was given.

    Raises:
        UnknownKey: the value was sealed under a key that is not configured, or was altered.
    """
    if not sealed:
        return ""
    key_id, _, rest = bytes(sealed).partition(b"\0")
    cipher = _ciphers().get(key_id.decode(errors="replace"))
    if cipher is None:
        raise UnknownKey(f"no key {key_id!r} in FIELD_KEYS")
    try:
        return cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], key_id).decode()
    except InvalidTag as error:
        raise UnknownKey(f"a value sealed under {key_id!r} does not open") from error


def key_id_of(sealed: bytes | memoryview) -> str:
    """The id of the key that `sealed` was made with."""
    return bytes(sealed).partition(b"\0")[0].decode()


def blind_index(text: str) -> bytes:
    """16 bytes by which equal numbers are found without opening them; empty for empty text.

    The number is folded first (upper case, no white space), so that 1100…2x and 1100…2X are one person.
    """
    return blind_indexes((text,))[0]


def blind_indexes(texts: Iterable[str]) -> list[bytes]:
    """The `blind_index` of each of `texts`; the key is taken in once."""
    keyed = _keyed(settings.BLIND_INDEX_KEY)
    found = []
    for text in texts:
        folded = text.upper() if text.isalnum() else "".join(text.split()).upper()
        if not folded:
            found.append(b"")
            continue
        digest = keyed.copy()
        digest.update(folded.encode())
        found.append(digest.digest()[:16])
    return found


@cache
def _keyed(key: str) -> hmac.HMAC:
    return hmac.new(base64.b64decode(key), digestmod="sha256")


def mask(text: str, *, head: int = 0, tail: int = 4) -> str:
    """`text` with all but the first `head` and the last `tail` characters as full-width asterisks.

    >>> mask("350299199001150013", head=6)
    '350299＊＊＊＊0013'
    """
    if not text:
        return ""
    if len(text) <= head + tail:
        return "＊" * len(text)
    return f"{text[:head]}＊＊＊＊{text[len(text) - tail :]}"


class SealedField(models.BinaryField):  # type: ignore[type-arg]
    """Text, encrypted in the database and clear in Python. It cannot be searched; keep a blind index."""

    description = "Sealed text"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # No `default`: Django wants bytes there, and an empty sealed value is what it puts in anyway.
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def get_internal_type(self) -> str:
        return "BinaryField"

    def from_db_value(self, value: bytes | None, *_: Any) -> str:
        return unseal(value) if value else ""

    def get_default(self) -> Any:
        return ""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            value = seal(value)
        return super().get_db_prep_value(value, connection, prepared)

    def value_to_string(self, obj: models.Model) -> str:
        return base64.b64encode(seal(self.value_from_object(obj))).decode()

    def to_python(self, value: Any) -> Any:
        return value


def sealed_fields() -> Iterable[tuple[type[models.Model], SealedField]]:
    """Every sealed column of every concrete model, for the rotation of keys."""
    from django.apps import apps  # noqa: PLC0415 - models import this module

    for model in apps.get_models():
        if model._meta.proxy or not model._meta.managed:
            continue
        for field in model._meta.local_concrete_fields:
            if isinstance(field, SealedField):
                yield model, field
