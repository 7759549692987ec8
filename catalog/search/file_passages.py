"""The text inside files: captions by second, PDFs by page, decks by slide."""

from catalog.lib.stemming import stems_in, words_in
from catalog.lib.text import clean_line
from catalog.models import FileText, Job, Passage

MAX_CAPTIONS = 4000
MAX_TEXT = 400_000  # characters of one file: about 150 printed pages


def update_passages(resources):
    """Saves the texts of the files of `resources`, and deletes the texts of removed files.

    Captions are saved at once. A job reads other files later.
    """
    saved = {}
    for source in FileText.objects.filter(resource__in=[resource.pk for resource in resources]):
        saved.setdefault(source.resource_id, {})[source.name] = source.pk
    for resource in resources:
        files = resource.text_files()
        saved_files = saved.get(resource.pk, {})
        if removed := [pk for name, pk in saved_files.items() if name not in files]:
            FileText.objects.filter(pk__in=removed).delete()
        for name in files.keys() - saved_files:
            if files[name] is None:
                Job.objects.enqueue(resource.pk, Job.Task.TEXT, name, again=True)
            else:
                save_passages(resource.pk, name, files[name][:MAX_CAPTIONS])


def save_passages(resource_id, name, places):
    """Saves `places` and deletes the passages that were saved before.

    `places` has [place, text] for each caption, page or slide.
    """
    FileText.objects.filter(resource=resource_id, name=name).delete()
    source = FileText.objects.create(resource_id=resource_id, name=name)
    Passage.objects.bulk_create(
        Passage(source=source, place=place, text=text, stems=f" {' '.join(stems_in(text))} ")
        for place, text in passages(places)
    )


def passages(places):
    """Yields (place, one line of text) for the `places` that have text, up to MAX_TEXT in all."""
    length = 0
    for place, text in places:
        text = clean_line(text)[: MAX_TEXT - length]
        length += len(text)
        if text:
            yield place, text


def words_by_resource(ids):
    """Returns {resource id: [the words of each passage of its files]}."""
    words = {}
    rows = Passage.objects.filter(source__resource__in=ids)
    for pk, text in rows.values_list("source__resource", "text"):
        words.setdefault(pk, []).append(words_in(text))
    return words
