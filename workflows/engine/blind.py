"""Who learns of whom while experts review: a declared property of a programme."""

from dataclasses import dataclass
from enum import StrEnum


class Named(StrEnum):
    """When the public page of a draw names the experts of a panel; before, and else, it has their codes."""

    NEVER = "never"
    CONCLUDED = "concluded"
    DRAWN = "drawn"


@dataclass(frozen=True, slots=True)
class Blind:
    """What experts say of a case is never told to applicants under their names, whatever stands here.

    It binds a published version; what stands at its default is not written into the definition.

    Args:
        applicants: experts are not told who applies: names are masked on pages, in file names and in what files
            say of themselves.
        fields: answers that would tell who applies; hidden from experts where `applicants` holds.
        experts_until_submitted: experts learn neither who else reviews a case nor what they say before their own
            review is in.
        withheld: sections that no expert needs for judging: persons to contact, accounts.
        panel: when everybody may know who sits on a panel.

    Raises:
        ValueError: a panel that is public as soon as it is drawn cannot be unknown to its members.
    """

    applicants: bool = False
    fields: tuple[str, ...] = ()
    experts_until_submitted: bool = True
    withheld: tuple[str, ...] = ("contact", "account")
    panel: Named = Named.NEVER

    def __post_init__(self) -> None:
        if self.panel is Named.DRAWN and self.experts_until_submitted:
            raise ValueError("a panel that is named once drawn needs experts_until_submitted=False")
        if self.fields and not self.applicants:
            raise ValueError("fields are hidden where applicants are: say applicants=True")
