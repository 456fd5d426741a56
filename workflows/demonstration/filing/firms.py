"""The enterprises that ask to be filed: what they enter, and how strong their papers are."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from accounts.models import District, Industry, Organisation, User
from workflows.demonstration import cases
from workflows.demonstration.firms import Firm
from workflows.demonstration.identities import Identities, made_up_credit_code
from workflows.programmes import programme

SLUG = "software-filing"
# Figures of a sound enterprise, in people and yuan; 2021's conditions hold too.
SOUND = {
    "staff_total": "86", "staff_degree": "71", "staff_rd": "33", "revenue_fen": "28600000", "software_fen": "21450000",
    "own_fen": "17160000", "rd_spend_fen": "3432000", "rd_domestic_fen": "3103000", "embedded": "no",
}  # fmt: skip
EMBEDDED = {"software_fen": "14100000", "own_fen": "12300000", "embedded": "yes"}


@dataclass(frozen=True)
class Filing:
    """One enterprise and what it enters; `figures` differ from those of a sound one."""

    ordinal: int
    name: str
    products: str
    figures: Mapping[str, str] = field(default_factory=dict)

    @property
    def firm(self) -> Firm:
        name = f"厦门示例{self.name}有限公司"
        code = made_up_credit_code(self.ordinal)
        return Firm(self.ordinal, name, code, str(Industry.SOFTWARE), str(District.SIMING), people=0)

    def answers(self, firm: Organisation, by: User, identities: Identities) -> dict[str, str]:
        """A complete form."""
        asked = programme(SLUG).form.by_name
        contact = {name: text for name, text in cases.answers(firm, by, identities).items() if name in asked}
        return {**contact, "products": self.products, **SOUND, **self.figures}
