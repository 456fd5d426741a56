"""Keys of forms: what is sent with one is done once."""

import uuid

from django.http import HttpRequest

# As long as a command's key may be, with room for what a verb appends to it.
LONGEST = 60


def fresh_key() -> str:
    """A key for a form that is shown."""
    return str(uuid.uuid4())


def key_of(request: HttpRequest) -> str:
    """The key of a form that was sent; one of its own where none came along, so that it is done."""
    return request.POST.get("key", "")[:LONGEST] or fresh_key()
