"""Publishing policy versions, and saying where a declaration no longer is what was published."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from accounts.models import User
from workflows.engine.declare import Programme
from workflows.engine.definition import Definition, deciding, definition
from workflows.engine.differences import Difference, differences
from workflows.errors import NotPublished, UnknownProgramme, UnknownVersion, VersionChanged
from workflows.models import PolicyVersion
from workflows.programmes import registry

# Two publishers at once take turns, so that the numbers have no gap.
TURN = 7_190_003


def declared_version(slug: str, key: str) -> Programme:
    """The programme, if it declares the version.

    Raises:
        UnknownProgramme, UnknownVersion: it is not declared; names those that are.
    """
    programme = registry().get(slug)
    if programme is None:
        raise UnknownProgramme(programme=slug, known=", ".join(registry()))
    if key not in programme.policies:
        raise UnknownVersion(programme=programme.title, policy=key, known=", ".join(programme.policies))
    return programme


def publish(slug: str, key: str, *, by: User | None = None, note: str = "") -> tuple[PolicyVersion, bool]:
    """Keep what a version declares now, for good; returns it and whether this call published it.

    A version that is published already, and declares the same, is returned as it is.

    Raises:
        UnknownProgramme, UnknownVersion: it is not declared.
        VersionChanged: it is published, and what it declares has changed since.
    """
    return keep(declared_version(slug, key), key, by=by, note=note)


@transaction.atomic
def keep(
    programme: Programme, key: str, *, by: User | None = None, note: str = ""
) -> tuple[PolicyVersion, bool]:
    """As `publish`, of a declaration at hand."""
    slug, found = programme.slug, definition(programme, key)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])
    kept = PolicyVersion.objects.filter(programme=slug, key=key).first()
    if kept is not None:
        changed = _drift(kept, found)
        if changed:
            raise VersionChanged(policy=key, programme=programme.title, changed=_named(changed))
        return kept, False
    last = PolicyVersion.objects.filter(programme=slug).aggregate(last=Max("number"))["last"] or 0
    made = PolicyVersion.objects.create(
        programme=slug, key=key, number=last + 1, definition=found.canonical, sha256=found.sha256,
        published_by=by, note=note.strip(),
    )  # fmt: skip
    return PolicyVersion.objects.get(pk=made.pk), True


def publish_all() -> list[PolicyVersion]:
    """Publish every declared version of every programme that is not published yet, oldest first; returns these.

    Raises:
        VersionChanged: one is published, and what it declares has changed since.
    """
    done = [publish(slug, key) for slug, programme in registry().items() for key in programme.policies]
    return [version for version, new in done if new]


def require_published(slug: str, key: str) -> PolicyVersion:
    """The published version.

    Raises:
        UnknownProgramme, UnknownVersion: it is not even declared.
        NotPublished: it is declared, and not published.
    """
    programme = declared_version(slug, key)
    found = PolicyVersion.objects.filter(programme=slug, key=key).first()
    if found is None:
        raise NotPublished(policy=key, programme=programme.title, slug=slug)
    return found


def publish_missing() -> list[PolicyVersion]:
    """Publish every declared version that is not published, and leave the others alone; returns these."""
    published = set(PolicyVersion.objects.values_list("programme", "key"))
    wanted = [(p, key) for p in registry().values() for key in p.policies if (p.slug, key) not in published]
    return [keep(programme, key)[0] for programme, key in wanted]


def public_versions(programme: Programme) -> tuple[str, ...]:
    """What the public may read of: the published versions, in the order of the declaration; one query.

    A programme that has published none yet shows what it declares.
    """
    published = set(PolicyVersion.objects.filter(programme=programme.slug).values_list("key", flat=True))
    return tuple(key for key in programme.policies if key in published) or tuple(programme.policies)


@dataclass(frozen=True, slots=True)
class Drift:
    """A published version whose declaration has changed: what binds, and how many words."""

    programme: str
    policy: str
    published: str
    declared: str
    changes: tuple[Difference, ...]
    words_changed: bool
    missing: bool = False

    @property
    def binds(self) -> bool:
        """Whether it is refused: more than words has changed."""
        return self.missing or bool(self.changes)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "binds": self.binds}


def drifts(using: str = "default") -> list[Drift]:
    """Every published version whose declaration is not word for word what was published; one query."""
    found = []
    for kept in PolicyVersion.objects.using(using).order_by("programme", "number"):
        programme = registry().get(kept.programme)
        if programme is None or kept.key not in programme.policies:
            found.append(Drift(kept.programme, kept.key, kept.sha256, "", (), False, missing=True))
            continue
        now = definition(programme, kept.key)
        if now.sha256 != kept.sha256:
            reads = kept.parts["reads"] != now.reads
            found.append(Drift(kept.programme, kept.key, kept.sha256, now.sha256, _drift(kept, now), reads))
    return found


def _drift(kept: PolicyVersion, now: Definition) -> tuple[Difference, ...]:
    """What binds and has changed. A parameter that is new decides nothing by itself: what it changes is seen
    where it is used, in a condition or in the award."""
    return tuple(
        change
        for change in differences(deciding(kept.parts["binds"]), now.binds)
        if not (change.section == "parameters" and change.change == "added")
    )


def _named(changes: Iterable[Difference]) -> str:
    names = [f"{change.section} {change.name}".strip() for change in changes]
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")


def compared(slug: str, old: str, new: str) -> list[Difference]:
    """What binds in `new` and not in `old`: each as it was published, or as it is declared now where it is not.

    Raises:
        UnknownProgramme, UnknownVersion: one of them is not declared.
    """
    declared_version(slug, old)
    programme = declared_version(slug, new)
    kept = PolicyVersion.objects.filter(programme=slug, key__in=[old, new])
    published = {version.key: deciding(version.parts["binds"]) for version in kept}
    before, after = (published.get(key) or definition(programme, key).binds for key in (old, new))
    return differences(before, after)
