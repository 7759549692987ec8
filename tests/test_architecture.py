"""What docs/architecture.md says of the rooms, held."""

import ast
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ["catalog", "courses", "editorial", "lmp_site"]
# The floors of a room: a module imports from its own floor and from those below. What is named
# nowhere is on the middle one, beside forms, listing, feeds, printing and admin.
LOWEST = ["text", "words", "bits", "names", "richtext", "uploads", "durations", "pagetext"]
LOWEST += ["turns", "apart", "inspection", "press", "pictures", "packetlinks"]
LOWEST += ["graph", "planner", "team", "huddle", "drawing"]
FLOORS = dict.fromkeys(LOWEST, 0) | {"models": 1, "views": 3, "urls": 4}
MIDDLE = 2
PURE = ["graph", "planner", "team", "huddle", "drawing", "names"]


def tracked(*patterns):
    """The project's own files, the new ones among them, as paths from the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [Path(line) for line in listing.stdout.splitlines() if (ROOT / line).exists()]


def imported(path):
    """The dotted names that the Python file at `path` imports, relative ones resolved.

    `from catalog.models import Tool` gives catalog.models and catalog.models.Tool.
    """
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = path.parts[: len(path.parts) - node.level] if node.level else ()
            source = ".".join([*above, *filter(None, [node.module])])
            yield source
            yield from (f"{source}.{alias.name}" for alias in node.names)


def room_of(name):
    return name.split(".")[0]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_rooms_before_it(room):
    later = ROOMS[ROOMS.index(room) + 1 :]
    wrong = [
        f"{path}: {name}"
        for path in tracked(f"{room}/*.py")
        for name in imported(path)
        if room_of(name) in later
    ]
    assert wrong == []


def test_only_the_urls_and_the_start_of_the_site_name_its_apps():
    wrong = [
        f"{path}: {name}"
        for path in tracked("lmp_site/*.py")
        for name in imported(path)
        if room_of(name) in ROOMS[:-1] and path.name != "urls.py"
    ]
    assert wrong == []


@pytest.mark.parametrize("room", ROOMS[:-1])
def test_a_module_imports_only_lower_floors_of_its_room(room):
    wrong = [
        f"{path}: {name}"
        for path in tracked(f"{room}/*.py")
        for name in imported(path)
        if room_of(name) == room and climbs(path, name)
    ]
    assert wrong == []


def climbs(path, name):
    """
    >>> climbs(Path("catalog/models/tool.py"), "catalog.listings.feeds.ListingFeed")
    True
    """
    here, there = path.parts[1].removesuffix(".py"), (name.split(".") + [""])[1]
    return bool(there) and FLOORS.get(there, MIDDLE) > FLOORS.get(here, MIDDLE)


@pytest.mark.parametrize(
    "files",
    [
        "editorial/pagetext/*.py",
        "catalog/packets/link.py",
        *(f"courses/{name}.py" for name in PURE),
    ],
)
def test_what_reads_old_pages_and_links_and_what_plans_need_no_django(files):
    files = tracked(files)
    wrong = [path for path in files if "django" in map(room_of, imported(path))]
    assert files and wrong == []


class Inline(HTMLParser):
    """Collects what a policy without unsafe-inline would refuse."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        names = dict(attributes)
        handlers = [name for name in names if name == "style" or name.startswith("on")]
        inline_script = tag == "script" and "src" not in names
        if tag == "style" or inline_script or handlers:
            self.found.append(f"<{tag}> {' '.join(handlers)}".strip())


def test_the_parser_of_inline_code_sees_it():
    parser = Inline()
    parser.feed('<p style="x"><style></style><script src="a"></script><script>1</script>')
    parser.feed("<a onclick=1>")
    assert parser.found == ["<p> style", "<style>", "<script>", "<a> onclick"]


def test_no_template_holds_inline_script_or_style():
    wrong = {}
    for path in tracked("templates/*.html", "*/templates/*.html"):
        parser = Inline()
        parser.feed(re.sub(r"{%.*?%}|{{.*?}}", "", (ROOT / path).read_text()))
        if parser.found:
            wrong[str(path)] = parser.found
    assert wrong == {}


def test_no_text_names_a_registry_or_a_path_of_one_machine():
    hosts = ["pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "npmjs" + ".com"]
    paths = ["/home" + "/", "/Users" + "/", "/root" + "/"]
    if ROOT.parts[1] != "srv":  # the examples in docs/ use it
        paths.append(f"{ROOT}/")
    wrong = [
        f"{path}: {word}"
        for path in tracked()
        for word in hosts + paths
        if word.encode() in (ROOT / path).read_bytes()
    ]
    assert wrong == []
