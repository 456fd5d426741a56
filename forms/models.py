"""Forms as they were when somebody filled them in."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from forms.schema import Form, thaw


class FormVersionManager(models.Manager["FormVersion"]):
    def freeze(self, form: Form) -> "FormVersion":
        """The version that asks what `form` asks, kept now if it is new. Safe to race."""
        version, _ = self.get_or_create(
            sha256=form.sha256, defaults={"slug": form.slug, "definition": form.definition()}
        )
        return version


class FormVersion(models.Model):
    """A form, frozen. It is never changed: an application keeps asking what it asked at first."""

    slug = models.SlugField(max_length=60)
    sha256 = models.CharField(max_length=64, unique=True)
    definition = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    objects: ClassVar[FormVersionManager] = FormVersionManager()

    class Meta:
        indexes = (models.Index(fields=["slug", "created_at"], name="formversion_slug_created"),)

    def __str__(self) -> str:
        return f"{self.slug} {self.sha256[:8]}"

    @property
    def form(self) -> Form:
        """The form as it was declared."""
        return thaw(self.definition)


def freeze(form: Form) -> FormVersion:
    """`FormVersion.objects.freeze(form)`: the version of `form`, made where it is new."""
    return FormVersion.objects.freeze(form)
