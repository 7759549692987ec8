"""The code keeps to what docs/architecture.md says about the rooms."""

import ast
import re
import subprocess
from graphlib import CycleError, TopologicalSorter
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ["catalog", "courses", "editorial", "lmp_site"]
# Migrations are for databases of earlier versions, so they keep the imports that they need.
EXEMPT = re.compile(r"migrations|editorial/demo/make")
PURE = ["graph", "planner", "team_level", "huddle_sets", "map_layout", "course_names"]


def tracked(*patterns):
    """Returns the project's own files, including new ones, as paths from the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [Path(line) for line in listing.stdout.splitlines() if (ROOT / line).exists()]


def imported(path):
    """Yields the dotted names that the Python file at `path` imports, relative ones resolved.

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


def floors():
    """Returns the floors in docs/architecture.md from the ground up, each as a list of rooms."""
    text = (ROOT / "docs/architecture.md").read_text()
    block = re.search(r"```floors\n(.*?)```", text, re.DOTALL)[1]
    return [line.partition("#")[0].split() for line in block.splitlines() if line.strip()]


def name_of(path):
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def import_graph():
    """Returns {module: the set of the project's own modules that it imports}.

    A module's own packages do not count, because Python always loads them.
    """
    files = tracked(*(f"{app}/*.py" for app in APPS))
    modules = {name_of(path): path for path in files if not EXEMPT.search(str(path))}
    graph = {}
    for module, path in modules.items():
        found = {module_in(name, modules) for name in imported(path)} - {None, module}
        graph[module] = {other for other in found if not module.startswith(f"{other}.")}
    return graph


def module_in(name, modules):
    """Returns the module that `name` is or is defined in, or None if it is not ours."""
    parent = name.rpartition(".")[0]
    return next((known for known in (name, parent) if known in modules), None)


def room_of(module, rooms):
    """Returns the longest of `rooms` that contains `module`, or None."""
    inside = [room for room in rooms if f"{module}.".startswith(f"{room}.")]
    return max(inside, key=len, default=None)


def floor_faults(graph, floors):
    """Yields a sentence for each import that goes up or across and each module in no room."""
    height = {room: number for number, rooms in enumerate(floors) for room in rooms}
    for module, others in sorted(graph.items()):
        room = room_of(module, height)
        if room is None and module not in APPS:
            yield f"{module} is in no room"
        for other in sorted(others):
            there = room_of(other, height)
            if room and there and there != room and height[there] >= height[room]:
                yield f"{module} imports {other}, which is not below it"


def circle_in(graph):
    """Returns the modules of a circle of imports, or []."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_every_module_is_in_a_room_and_imports_only_from_lower_floors():
    assert list(floor_faults(import_graph(), floors())) == []


def test_no_modules_import_each_other_in_a_circle():
    assert circle_in(import_graph()) == []


def test_every_room_in_the_list_has_modules():
    modules = import_graph()
    rooms = [room for rooms in floors() for room in rooms]
    assert {room for room in rooms if not any(room_of(m, rooms) == room for m in modules)} == set()


@pytest.mark.parametrize(
    ("module", "other"),
    [
        ("catalog.search.ranking", "catalog.admin.site"),
        ("catalog.search.facets", "catalog.packets.packet"),
        ("catalog.listings.listing", "courses.plan"),
        ("catalog.editions.list_prints", "catalog.listings.listing"),
    ],
)
def test_an_import_from_a_higher_floor_is_reported(module, other):
    graph = import_graph()
    graph[module] = graph[module] | {other}
    assert list(floor_faults(graph, floors())) == [
        f"{module} imports {other}, which is not below it"
    ]


def test_a_module_in_no_room_is_reported():
    graph = import_graph() | {"catalog.drawer": set()}
    assert list(floor_faults(graph, floors())) == ["catalog.drawer is in no room"]


def test_a_circle_of_imports_is_reported():
    graph = import_graph()
    graph["catalog.search.engines"] = {"catalog.search.ranking"}
    assert "catalog.search.engines" in circle_in(graph)


def test_only_django_modules_stand_beside_the_rooms_of_the_catalog():
    allowed = {"__init__.py", "apps.py", "urls.py", "context_processors.py"}
    beside = {path.name for path in tracked("catalog/*.py") if len(path.parts) == 2}
    assert beside <= allowed


@pytest.mark.parametrize(
    "files",
    [
        "editorial/pagetext/*.py",
        "catalog/packets/link.py",
        *(f"courses/{name}.py" for name in PURE),
    ],
)
def test_the_page_reader_the_packet_link_and_the_planner_need_no_django(files):
    files = tracked(files)
    wrong = [path for path in files if any(n.split(".")[0] == "django" for n in imported(path))]
    assert files and wrong == []


class Inline(HTMLParser):
    """Collects the tags that a content policy without unsafe-inline refuses."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        names = dict(attributes)
        handlers = [name for name in names if name == "style" or name.startswith("on")]
        inline_script = tag == "script" and "src" not in names
        if tag == "style" or inline_script or handlers:
            self.found.append(f"<{tag}> {' '.join(handlers)}".strip())


def test_the_parser_finds_inline_code():
    parser = Inline()
    parser.feed('<p style="x"><style></style><script src="a"></script><script>1</script>')
    parser.feed("<a onclick=1>")
    assert parser.found == ["<p> style", "<style>", "<script>", "<a> onclick"]


def test_no_template_has_an_inline_script_or_style():
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
    if ROOT.parts[1] != "srv":  # the examples in docs/ use /srv
        paths.append(f"{ROOT}/")
    wrong = [
        f"{path}: {word}"
        for path in tracked()
        for word in hosts + paths
        if word.encode() in (ROOT / path).read_bytes()
    ]
    assert wrong == []
