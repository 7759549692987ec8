from django.db import models, transaction

from catalog.lib.text import clean_line, clean_text, join_texts


def free_slug(wanted, is_taken):
    """Returns `wanted`, with the first free number where it is taken: "roles", "roles-2" …"""
    slug, number = wanted, 1
    while is_taken(slug):
        number += 1
        slug = f"{wanted}-{number}"
    return slug


class CleanModel(models.Model):
    """A model whose text fields never hold control characters, NUL or lone surrogates."""

    class Meta:
        abstract = True

    @transaction.atomic
    def save(self, *args, **kwargs):
        """Saves in one transaction with all that follows from it, above all the index."""
        self.clean_texts()
        super().save(*args, **kwargs)

    def clean_fields(self, exclude=None):
        self.clean_texts()
        super().clean_fields(exclude=exclude)

    def clean_texts(self):
        for field in self._meta.concrete_fields:
            value = self.__dict__.get(field.attname)
            if isinstance(value, str) and isinstance(field, models.CharField):
                setattr(self, field.attname, clean_line(value))
            elif isinstance(value, str) and isinstance(field, models.TextField):
                setattr(self, field.attname, clean_text(value).strip())


def exclude_from_save(row, names, kwargs):
    """Keeps save(**kwargs) from writing the fields `names` of a row that exists already."""
    if not row._state.adding:
        fields = (field.name for field in row._meta.concrete_fields if not field.primary_key)
        kwargs.setdefault("update_fields", [name for name in fields if name not in names])


class PictureField(models.ImageField):
    """An image that this process never opens: its row holds its width and height."""

    def update_dimension_fields(self, instance, force=False, *args, **kwargs):
        pass


class ProtectedManyToManyField(models.ManyToManyField):
    """A many-to-many field to a vocabulary whose terms cannot be deleted while they are in use.

    Django's own link table cascades from both sides. Here, deleting a term raises ProtectedError,
    which names the rows that use it. Only deleting such a row removes its links.
    """

    def contribute_to_class(self, cls, name, **kwargs):
        super().contribute_to_class(cls, name, **kwargs)
        link = self.remote_field.through
        _id, user, term = link._meta.fields
        term.remote_field.on_delete = models.PROTECT
        link._meta.verbose_name = cls._meta.verbose_name
        link.__str__ = lambda row: str(getattr(row, user.name))


def linked(owner, name):
    """Returns the rows that `owner` links as `name`.

    Uses the rows that were loaded with it directly, because to make a manager each time takes a
    third of the time of indexing.
    """
    loaded = owner.__dict__.get("_prefetched_objects_cache", {})
    return loaded[name] if name in loaded else getattr(owner, name).all()


def names(owner, name):
    return join_texts(linked(owner, name))
