"""A search that is kept under a name: one's own, or an office's."""

from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    def kept(self) -> Self:
        """Those that were not taken away, in the order of the tabs: one's own before the office's."""
        return self.filter(removed_at=None).order_by(
            models.F("office").asc(nulls_first=True), "position", "pk"
        )


class SavedSearch(models.Model):
    """`query` as it was typed: `@me` in a shared one means whoever looks. One taken away can be brought back."""

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # Whose people see it; null for the owner alone.
    office = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(_("search"), max_length=500)
    position = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(db_default=Now())
    removed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    removed_at = models.DateTimeField(null=True)
    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["owner", "name"],
                condition=models.Q(removed_at=None, office=None),
                name="saved_search_own_name",
            ),
            models.UniqueConstraint(
                fields=["office", "name"],
                condition=models.Q(removed_at=None),
                name="saved_search_office_name",
            ),
        )

    def __str__(self) -> str:
        return self.name
