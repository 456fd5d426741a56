"""The declared edges of every policy version, written to the table that the database's trigger reads."""

from django.db import transaction

from workflows.models import Edge
from workflows.programmes import registry


def sync_edges(using: str = "default") -> None:
    """Make the table of edges equal to the declarations."""
    declared = {
        (slug, policy, source, step, target)
        for slug, programme in registry().items()
        for policy in programme.policies
        for source, step, target in programme.edges(policy)
    }
    with transaction.atomic(using=using):
        kept = {(e.programme, e.policy, e.source, e.step, e.target): e.pk for e in Edge.objects.using(using)}
        Edge.objects.using(using).filter(
            pk__in=[pk for edge, pk in kept.items() if edge not in declared]
        ).delete()
        Edge.objects.using(using).bulk_create(
            Edge(programme=p, policy=v, source=s, step=n, target=t)
            for p, v, s, n, t in sorted(declared - kept.keys())
        )
