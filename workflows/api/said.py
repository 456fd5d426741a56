"""What a form of the pages checks, checked here by the same form."""

from typing import Any

from django.forms import Form

from config.errors import Refusal
from config.words import T


class FieldsWrong(Refusal):
    """What was said does not pass the form of the page that does the same."""

    code = "fields_wrong"
    status = 422
    words = T(en="This cannot be taken: {what}", zh="以下内容无法采用：{what}")


def checked(form: Form) -> dict[str, Any]:
    """What the form holds, cleaned.

    Raises:
        FieldsWrong: it names each field with what is wrong.
    """
    if form.is_valid():
        return dict(form.cleaned_data)
    wrong = "; ".join(f"{name}: {' '.join(map(str, errors))}" for name, errors in form.errors.items())
    raise FieldsWrong(what=wrong)
