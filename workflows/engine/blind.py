"""Who learns of whom while experts review: a declared property of a programme."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Blind:
    """Experts are never told to applicants, whatever stands here.

    Args:
        applicants: experts are not told who applies: names are masked on pages, in file names and in what files
            say of themselves.
        fields: answers that would tell who applies; hidden from experts where `applicants` holds.
        experts_until_submitted: experts learn neither who else reviews a case nor what they say before their own
            review is in.
        withheld: sections that no expert needs for judging: persons to contact, accounts.
    """

    applicants: bool = False
    fields: tuple[str, ...] = ()
    experts_until_submitted: bool = True
    withheld: tuple[str, ...] = ("contact", "account")
