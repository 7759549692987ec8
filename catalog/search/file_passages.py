"""The text inside files: captions by second, PDFs by page, decks by slide."""

from operator import itemgetter

from catalog.lib.stemming import stems_in, words_in
from catalog.lib.text import clean_line
from catalog.models import FileText, Job, Passage

MAX_CAPTIONS = 4000
MAX_TEXT = 400_000  # characters of one file: about 150 printed pages


def update_passages(files):
    """Saves the texts of files, and deletes the texts of removed files.

    `files` is {resource id: its text_files()}. Captions are saved at once. A job reads other files
    later.
    """
    saved = {}
    for source in FileText.objects.filter(resource__in=list(files)):
        saved.setdefault(source.resource_id, {})[source.name] = source.pk
    for pk, files_here in files.items():
        saved_here = saved.get(pk, {})
        if removed := [key for name, key in saved_here.items() if name not in files_here]:
            FileText.objects.filter(pk__in=removed).delete()
        for name in files_here.keys() - saved_here:
            if files_here[name] is None:
                Job.objects.enqueue(pk, Job.Task.TEXT, name, again=True)
            else:
                save_passages(pk, name, files_here[name][:MAX_CAPTIONS])


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


def saved_passages(ids):
    """Returns {resource id: {file name: [(place, text)]}} of the files whose texts are saved."""
    saved = {}
    for pk, name in FileText.objects.filter(resource__in=ids).values_list("resource", "name"):
        saved.setdefault(pk, {})[name] = []
    rows = Passage.objects.filter(source__resource__in=list(saved)) if saved else []
    for row in rows and rows.values_list("source__resource", "source__name", "place", "text"):
        saved[row[0]][row[1]].append(row[2:])
    return saved


def words_of_files(files, saved):
    """Returns the words of each passage as update_passages() leaves them, without the database.

    `files` are the text_files() of a resource, `saved` its part of saved_passages().
    """
    texts = []
    for name, places in files.items():
        if name in saved:
            texts += saved[name]
        elif places is not None:
            texts += passages(places[:MAX_CAPTIONS])
    return [words_in(text) for _place, text in sorted(texts, key=itemgetter(0))]
