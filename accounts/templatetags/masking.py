"""Personal numbers on a page: masked unless a verb has revealed them. Builtin in every template."""

from django import template

from accounts.sealing import mask

register = template.Library()


@register.filter
def masked(text: str, head: int = 0) -> str:
    """All but the first `head` and last four characters as asterisks: `{{ person.id_number|masked:6 }}`."""
    return mask(text or "", head=int(head))


@register.filter
def masked_name(name: str) -> str:
    """A person's name as 李＊＊, for public notices."""
    return f"{name[:1]}{'＊' * max(1, len(name) - 1)}" if name else ""
