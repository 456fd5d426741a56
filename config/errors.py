"""The root of every refusal: one class per cause, with a code, a status and a sentence with the next step."""

from typing import Any, ClassVar

from config.words import T


class Refusal(Exception):  # noqa: N818 - the field's own word; it is an answer to a person, not a fault
    """An action that is not done, told to the person: what, why, and what to do next.

    Subclasses set `code` (stable, for logs and the API), `status` (HTTP) and `words` (a `T` whose
    placeholders are the keyword arguments of the constructor).
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    words: ClassVar[T] = T(en="This cannot be done.", zh="无法办理。")

    def __init__(self, **values: Any) -> None:
        self.values = values
        super().__init__(self.code, values)

    @property
    def sentence(self) -> T:
        """What the person reads, in both languages."""
        return self.words.format(**self.values)

    def __str__(self) -> str:
        return str(self.sentence)
