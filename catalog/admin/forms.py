import re
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.db.models import UniqueConstraint
from django.forms.models import BaseInlineFormSet
from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _

from catalog.admin.accessibility import appears, barriers, refuse_barriers
from catalog.admin.base import RefusableForm, is_number
from catalog.files.validators import facts_of
from catalog.lib.text import clean_line
from catalog.models import Resource, Tool
from catalog.models.tool import digest

CHECKBOXES = ("levels", "dimensions", "regions")
YEARS = range(1990, 2101)  # a time zone can move the year 9999 past what databases can hold
NO_LEVEL = _("Choose a level from 1 to 5.")


@dataclass
class Conflict:
    """What someone else saved while an editor wrote in this form."""

    version: str
    when: datetime
    who: str = ""
    what: str = ""


class ResourceForm(RefusableForm):
    """The form of one entry. It sends the version its editor saw: the time of the last save."""

    original = None  # the entry that “Save as new” copies
    conflict = None
    may_override = False  # whether the editor may publish an entry that leaves some readers out

    class Meta:
        widgets = dict.fromkeys(CHECKBOXES, forms.CheckboxSelectMultiple) | {
            "title": AdminTextInputWidget(attrs={"class": "title-input"}),
            "transcript": AdminTextareaWidget(attrs={"rows": 12}),
        }
        help_texts = {
            "topics": _("Choose where people look for it. One to three topics are best."),
            "levels": _("Check the levels at which a team can use it."),
            "dimensions": _("Check the rows of Path to Performance where it helps a team."),
            "tool_type": _("Choose what it is. Readers see this and search by it."),
            "tags": _("Words people search by, with commas between them: huddles, team meeting."),
        }
        error_messages = {
            "levels": {"invalid_choice": NO_LEVEL, "invalid_pk_value": NO_LEVEL},
            "slug": {"invalid": _("Use only the letters a to z, digits, hyphens and underscores.")},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        keep_files(self, self.original)
        name_dates_and_times(self)

    @property
    def version(self):
        """The version that the editor saw first. It stays the same through every error."""
        first = self.data.getlist("version")[:1] if self.is_bound else []
        return first[0] if first else version_of(self.instance.updated_at)

    def _get_validation_exclusions(self):
        """Leaves an empty address out of the constraints, because saving fills it in."""
        excluded = super()._get_validation_exclusions()
        return excluded if self.cleaned_data.get("slug") else excluded | {"slug"}

    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        holder = Resource.objects.filter(slug=slug).exclude(pk=self.instance.pk).first()
        if slug and holder:
            facts = {"title": holder.title, "kind": holder.get_kind_display()}
            raise ValidationError(
                _("“%(title)s” (%(kind)s) already has this address. Choose another.") % facts
            )
        return slug

    def clean_related(self):
        related = self.cleaned_data["related"]
        if self.instance.pk and related.filter(pk=self.instance.pk).exists():
            raise ValidationError(_("An entry cannot be related to itself. Remove it here."))
        return related

    def clean(self):
        super().clean()
        self.clean_minutes()
        self.clean_times()
        if self.instance.pk:
            self.refuse_conflict()

    def _post_clean(self):
        """Refuses new barriers. RenditionRows does so for a tool, once its rows are known."""
        super()._post_clean()
        if self.errors or isinstance(self.instance, Tool):
            return
        try:
            now = barriers_now(self.instance)
            refuse_barriers(self.instance, barriers(self.instance), now, self.may_override)
        except ValidationError as error:
            self.add_error("access_reason" if self.may_override else None, error)

    def clean_minutes(self):
        least, most = (self.cleaned_data.get(f"minutes_{end}") for end in ("min", "max"))
        if {"minutes_min", "minutes_max"} & self.errors.keys():
            return
        if least and not most:
            self.cleaned_data["minutes_max"] = least
        elif most and not least:
            self.add_error(
                "minutes_min", _("Fill this in too. If the time is exact, write the same number.")
            )
        elif least and most < least:
            self.add_error("minutes_max", _("This cannot be less than “minutes, at least”."))

    def says_another_time(self):
        """Whether the editor changed the time in words but not in minutes."""
        changed = set(self.changed_data)
        return "duration_text" in changed and not {"minutes_min", "minutes_max"} & changed

    def clean_times(self):
        for name in ("published_at", "unpublished_at"):
            when = self.cleaned_data.get(name)
            if when and when.year not in YEARS:
                sentence = _("Choose a year from %(first)s to %(last)s.")
                self.add_error(name, sentence % {"first": YEARS[0], "last": YEARS[-1]})
        start, end = (self.cleaned_data.get(n) for n in ("published_at", "unpublished_at"))
        if end and "published_at" not in self.errors and (not start or end <= start):
            self.add_error("unpublished_at", _("Choose a time after it is published."))

    def refuse_conflict(self):
        """Keeps an editor from overwriting a version that they have not seen.

        The checkbox “Replace the saved version with mine” sends the newer version too.
        """
        rows = Resource.objects.select_for_update().filter(pk=self.instance.pk)
        when = rows.values_list("updated_at", flat=True).first()
        if version_of(when) not in self.data.getlist("version"):
            self.conflict = find_conflict(self.instance, when)
            self.add_error(
                None, _("Not saved: someone else saved this entry while you were writing.")
            )


def keep_files(form, original):
    """Gives `form` the files of `original` (a row or None) where the editor chose no others."""
    for name, field in form.fields.items():
        if original and isinstance(field, forms.FileField):
            form.initial[name] = getattr(original, name)


def name_dates_and_times(form):
    for field in form.fields.values():
        if isinstance(field, forms.SplitDateTimeField):
            for part, word in zip(field.widget.widgets, (_("date"), _("time")), strict=True):
                part.attrs["aria-label"] = f"{field.label}, {word}"


def version_of(when):
    return when.isoformat() if when else ""


def find_conflict(resource, when):
    entries = LogEntry.objects.filter(
        content_type__app_label=resource._meta.app_label,
        content_type__model=resource._meta.model_name,
        object_id=str(resource.pk),
        action_time__gte=when,
    )
    last = entries.select_related("user").order_by("-action_time").first()
    if last is None:
        return Conflict(version_of(when), when)
    who = last.user.get_full_name() or last.user.get_username()
    return Conflict(version_of(when), when, who, last.get_change_message())


class RowForm(forms.ModelForm):
    """A row of an inline."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "_saveasnew" in self.data:
            key = self.data.get(self.add_prefix("id"), "")
            rows = self._meta.model.objects.filter(pk=key if is_number(key) else None)
            keep_files(self, rows.first())

    def clean(self):
        """Cleans texts as saving does, so that rows are compared by their final texts."""
        super().clean()
        texts = {name: text for name, text in self.cleaned_data.items() if isinstance(text, str)}
        self.cleaned_data |= {name: clean_line(text) for name, text in texts.items()}


class Rows(BaseInlineFormSet):
    """The rows of an inline. A row that someone else removed meanwhile becomes a new row."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.is_bound and not self.save_as_new and self.management_form.is_valid():
            self.renew_rows()

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = form.fields["DELETE"].label

    def get_unique_error_message(self, unique_check):
        fields = [self.model._meta.get_field(name) for name in unique_check if name != self.fk.name]
        labels = get_text_list([str(field.verbose_name) for field in fields], _("and"))
        return _("Two rows have the same %s. Change or remove one.") % labels

    def clean(self):
        super().clean()
        rows = [
            form
            for form in self.initial_forms
            if form.is_valid() and not is_marked_for_deletion(form)
        ]
        for fields in unique_fields(self.model, self.fk.name):
            holders = {key_of(row.initial, fields): row for row in rows}
            wanted = {key_of(row.cleaned_data, fields): row for row in rows}
            both = holders.keys() & wanted.keys() - {None}
            if any(holders[key] is not wanted[key] for key in both):
                raise ValidationError(
                    _("Two rows trade values. Change and save one of them, then the other.")
                )

    def save(self, commit=True):
        """Deletes rows first, because another row may reuse the values of a deleted one."""
        deleted = [form.instance for form in self.deleted_forms if form.instance.pk]
        for row in deleted if commit else ():
            self.delete_existing(row)
        rows = super().save(commit)
        self.deleted_objects += deleted if commit else []
        return rows

    def renew_rows(self):
        total = self.total_form_count()
        known = min(self.initial_form_count(), total)
        existing = {str(key) for key in self.get_queryset().values_list("pk", flat=True)}
        lost = [n for n in range(known) if self.data.get(f"{self.prefix}-{n}-id") not in existing]
        if lost:
            kept = [number for number in range(known) if number not in lost]
            order = [*kept, *lost, *range(known, total)]
            self.files = self.files and renumbered(self.files, self.prefix, order)
            self.data = renumbered(self.data, self.prefix, order)
            self.data[f"{self.prefix}-INITIAL_FORMS"] = str(len(kept))
            for number in range(len(kept), known):
                self.data[f"{self.prefix}-{number}-id"] = ""
            del self.management_form


def is_marked_for_deletion(form):
    return form.cleaned_data.get("DELETE", False)


def unique_fields(model, parent):
    """Returns the lists of fields by which the rows of one `parent` have to differ."""
    sets = [c.fields for c in model._meta.constraints if isinstance(c, UniqueConstraint)]
    return [[name for name in fields if name != parent] for fields in sets]


def key_of(values, fields):
    """Returns the `values` of `fields` as a tuple, a row as its id; None if any is empty."""
    key = tuple(getattr(values.get(name), "pk", values.get(name)) for name in fields)
    return key if all(key) else None


def renumbered(values, prefix, order):
    """Returns a copy of the MultiValueDict `values` with the rows of `prefix` in this `order`."""
    places = {str(old): new for new, old in enumerate(order)}
    copy = values.copy()
    copy.clear()
    for name, texts in values.lists():
        row = re.fullmatch(rf"{prefix}-(\d+)-(.+)", name)
        if row and row[1] in places:
            name = f"{prefix}-{places[row[1]]}-{row[2]}"
        copy.setlist(name, texts)
    return copy


class RenditionForm(RowForm):
    """A file of a tool. The form does not ask for what can be read from the file."""

    editor = None  # the user who saves it

    note = forms.CharField(
        label=_("What changed"),
        max_length=300,
        required=False,
        help_text=_(
            "When you replace a file, say what is new. The old file stays in the list of versions."
        ),
    )
    notify_subscribers = forms.BooleanField(
        label=_("Tell followers about the new file"),
        required=False,
        help_text=_("Feeds then show what changed. Leave it off if you only fixed a typo."),
    )

    class Meta:
        help_texts = {"file": _("PDF, PowerPoint, Word, Excel or an image, up to 100 MB.")}

    def clean(self):
        super().clean()
        self.ask_for_file()
        note, notify = (self.cleaned_data.get(name) for name in ("note", "notify_subscribers"))
        file = self.cleaned_data.get("file")
        if notify and not note:
            self.add_error("note", _("Say what changed. Followers read this."))
        elif note and "file" not in self.changed_data:
            self.add_error("file", _("Choose the new file too, or empty “What changed”."))
        if file and "file" in self.changed_data and digest(file) == self.instance.sha256:
            self.add_error("file", _("This file is already here. Choose the new one."))

    def ask_for_file(self):
        """Asks for a file or an address.

        A row with a format needs none: it is from a page of the old site, and nobody has found
        its file yet.
        """
        given = any(self.cleaned_data.get(name) for name in ("file", "address"))
        wrong = {"file", "address"} & self.errors.keys()
        if not given and not wrong and not self.instance.format:
            self.add_error(None, _("Choose a file or add a link."))

    def clean_name(self):
        name = self.cleaned_data["name"]
        if self.instance.number and name != self.instance.name:
            raise ValidationError(_("People use this address, so you cannot change it."))
        return name

    def save(self, commit=True):
        super().save(commit=False)
        if commit:
            fields = {name: self.cleaned_data[name] for name in ("note", "notify_subscribers")}
            self.instance.save(version=fields | {"by": self.editor})
            self._save_m2m()
        return self.instance

    @property
    def accessibility_issues(self):
        """The pair (name, issues of its PDF) as it will be once saved."""
        rendition = self.instance
        new = rendition.file and not rendition.file._committed
        facts = facts_of(rendition.file, "documents.read") if new else {}
        return rendition.name, facts.get("accessibility_issues", rendition.accessibility_issues)


class RenditionRows(Rows):
    may_override = False  # whether the editor may publish a tool that leaves some readers out

    def clean(self):
        super().clean()
        rows = [form for form in self.forms if form.is_valid() and not is_marked_for_deletion(form)]
        rows = [form for form in rows if form.instance.file]
        found = barriers(self.instance, [form.accessibility_issues for form in rows])
        before = barriers_now(self.instance)
        refuse_barriers(self.instance, found, before, self.may_override)


def barriers_now(resource):
    """Returns the barriers of what readers have now; [] for an entry that is not public."""
    kept = type(resource).objects.filter(pk=resource.pk).first() if resource.pk else None
    return barriers(kept) if kept and appears(kept) else []
