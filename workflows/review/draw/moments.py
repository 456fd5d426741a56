"""Times as they stand in a certificate: UTC to the microsecond, so that their order survives the writing."""

from datetime import UTC, datetime


def moment(at: datetime) -> str:
    """An aware time as text; text of this kind sorts as the times do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment_of(text: str) -> datetime:
    """The time again.

    Raises:
        ValueError: it is no time, or says no zone.
    """
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"“{text}” says no time zone")
    return found.astimezone(UTC)
