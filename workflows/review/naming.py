"""Who applies, and who sits, as this reader may know it. Every door that experts see through asks here."""

from accounts.models import Role, User
from config.words import T
from workflows.engine.blind import Named
from workflows.models import Application, Assignment, ReviewSession

MASK = "■■■"
APPLICANT_HIDDEN = T("Applicant not disclosed", "申报单位不公开")
Stage = ReviewSession.Stage


def hides_applicant(case: Application) -> bool:
    """Whether the case's programme tells experts nothing of who applies."""
    return case.declaration.blind.applicants


def applicant_as(case: Application, reader: User | None) -> T | str:
    """Who applies, as `reader` may know it; None reads a screen that stands in the room of the panel.

    Whoever can be put on a panel reads as an expert, whatever else they are.
    """
    hidden = hides_applicant(case) and (reader is None or reader.has_role(Role.EXPERT))
    return APPLICANT_HIDDEN if hidden else case.applicant.name


def presenter_as(case: Application, presenter: str, reader: User | None) -> str:
    """Who presents, as `reader` may know it: a name of the applicant's, empty where that is not told."""
    return "" if applicant_as(case, reader) is APPLICANT_HIDDEN else presenter


def masked_text(case: Application, text: str) -> str:
    """`text` without what the applicant is known by, where experts are not to know it."""
    if not hides_applicant(case):
        return text
    applicant = case.applicant
    known = (applicant.name, applicant.credit_code, applicant.legal_representative, applicant.address)
    for word in known:
        if word and len(word) > 1:
            text = text.replace(word, MASK)
    return text


def knows_panel(mine: Assignment, case: Application) -> bool:
    """Whether an expert may know who else reviews the case: their own review is in, or the programme tells at once."""
    own_in = mine.submitted_at is not None or mine.abstained_at is not None
    return own_in or not case.declaration.blind.experts_until_submitted


def panel_is_public(session: ReviewSession) -> bool:
    """Whether everybody may know who sits: as the programme says, once they are drawn, once they have concluded."""
    named = session.round.declaration.blind.panel
    if named is Named.DRAWN:
        return session.certificate is not None
    return named is Named.CONCLUDED and session.stage in (Stage.CONCLUDED, Stage.SIGNED)
