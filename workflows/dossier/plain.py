"""Values as they stand in a dossier: text, whole numbers, yes and no. No fractions, so that every reader agrees."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any


def plain(value: Any) -> Any:
    """`value` as JSON data; words in both languages."""
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        # Words are one of them: {"en": …, "zh": …}.
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, (str, Decimal, date)):
        return str(value)
    return [plain(entry) for entry in value]


def canonical(data: Any) -> str:
    """The text whose SHA-256 stands for `data`: sorted keys, no white space, as `tools/verify_dossier.py` writes it."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
