"""Simplified templates render what Django renders, with less work."""

import pytest
from django.template import engines
from django.template.base import Template, TextNode
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.templatetags.i18n import TranslateNode
from django.templatetags.static import StaticNode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from lmp_site.template_nodes import ValueNode, simplify


class Team:
    name = "Floor <5>"
    note = mark_safe("<b>safe</b>")
    members = ["Ann", "Bo & Co"]
    size = 12345
    label = gettext_lazy("Level <1>")
    numbers = {"one": 1, "items": "of the dictionary", "inner": {"deep": "<deep>"}}
    deleted = False

    def __str__(self):
        return "<Team>"

    @property
    def missing(self):
        return None

    @property
    def broken(self):
        raise AttributeError("Broken.")

    def greet(self):
        return "Hello & welcome"

    def greet_person(self, person):
        return f"Hello {person}"

    def delete(self):
        self.deleted = True

    delete.alters_data = True


class Manager:
    do_not_call_in_templates = True
    all = [1, 2]

    def __call__(self):
        raise ValueError


VALUES = {
    "team": Team(),
    "manager": Manager(),
    "call": lambda: "<called>",
    "text": "a < b",
    "none": None,
    "yes": True,
    "half": 0.5,
    "pairs": [("a", 1), ("b", 2)],
    "nested": [{"name": "<x>", "on": True}, {"name": "y"}],
}
SOURCES = [
    "{{ team }} {{ team.name }} {{ team.note }} {{ team.members }} {{ team.members.1 }}",
    "{{ team.size }} {{ half }} {{ yes }} {{ none }} {{ team.missing }} {{ team.label }}",
    "{{ team.numbers.one }} {{ team.numbers.items }} {{ team.numbers.inner.deep }}",
    "{{ team.greet }} {{ team.greet_person }} {{ team.delete }} {{ call }} {{ manager.all }}",
    "{{ nothing }} {{ team.nothing }} {{ team.numbers.nothing }} {{ text.upper }} {{ text.0 }}",
    "{{ text|upper }} {{ nothing|default:text }} {{ team.name|default:team.note }}",
    "{{ 'a<b' }} {{ 3 }} {{ 0.5 }}",
    "{% autoescape off %}{{ text }} {{ team.name }} {{ team }}{% endautoescape %}",
    "{% if nothing or not team.missing and team.size > 3 %}{{ text }}{% else %}no{% endif %}",
    "{% if text == 'a < b' %}same{% elif team.nothing %}other{% endif %}",
    "{% for name, number in pairs %}{{ forloop.counter }}{{ name }}{{ number }}{% endfor %}",
    "{% for one in nested %}{% if one.on %}{{ one.name }}{% endif %}{{ one.name }}{% endfor %}",
    "{% for one in nothing %}{{ one }}{% empty %}{{ text }}{% endfor %}",
    "{% with name=team.name size=team.size|add:1 %}{{ name }}{{ size }}{% endwith %}",
    "{% load i18n %}{% translate 'Tools & more' %}{% translate '100 %' as most %}{{ most }}",
    "{% load i18n %}{% translate text %}{% translate 'Tools'|upper %}",
    "{% load i18n %}{% blocktranslate count n=team.size %}{{ n }} a{% plural %}{{ n }} b"
    "{% endblocktranslate %}",
    "{% url 'home' %} {% url 'topics' as topics %}{{ topics }}",
    "{% url 'tag-listing' text|slugify %} {% url 'tag-listing' slug='huddle' %}",
    "{% load static %}{% static 'catalog/site.css' %}",
]


def simplified(source):
    template = Template(source)
    simplify(template)
    return template


@pytest.mark.parametrize("source", SOURCES)
def test_a_simplified_template_renders_the_same_text(source):
    expected = Template(source).render(Context(VALUES))
    assert simplified(source).render(Context(VALUES)) == expected
    assert not VALUES["team"].deleted


@pytest.mark.parametrize("source", ["{{ team.broken }}", "{% if team.broken %}{% endif %}"])
def test_an_error_in_a_property_is_not_hidden(source):
    with pytest.raises(AttributeError):
        simplified(source).render(Context(VALUES))


def test_a_later_value_hides_an_earlier_one_of_the_same_name():
    template = simplified("{{ text }}{% with text='inner' %}{{ text }}{% endwith %}{{ text }}")
    assert template.render(Context({"text": "outer"})) == "outerinnerouter"


def test_what_never_changes_becomes_text():
    source = "{% load i18n static %}<b>{% translate 'Tools' %}{# x #}{% static 'a.css' %}"
    [node] = simplified(source).nodelist
    assert isinstance(node, TextNode)


def test_with_a_second_language_translations_stay_as_they_are(settings):
    settings.LANGUAGES = [("en-us", "English"), ("es", "Spanish")]
    nodes = simplified("{% load i18n %}{% translate 'Tools' %}").nodelist
    assert nodes.get_nodes_by_type(TranslateNode)


def test_the_templates_of_the_site_are_simplified():
    nodes = engines["django"].get_template("base.html").template.nodelist
    assert nodes.get_nodes_by_type((TranslateNode, URLNode, StaticNode)) == []
    assert nodes.get_nodes_by_type(ValueNode)


def test_while_debug_is_on_templates_stay_as_django_made_them(monkeypatch):
    engine = engines["django"].engine
    monkeypatch.setattr(engine, "debug", True)
    loader = type(engine.template_loaders[0])(engine, engine.loaders[0][1])
    nodes = loader.get_template("base.html").nodelist
    assert nodes.get_nodes_by_type(TranslateNode)
    assert nodes.get_nodes_by_type(ValueNode) == []


def test_templates_of_other_apps_stay_as_django_made_them():
    nodes = engines["django"].get_template("admin/pagination.html").template.nodelist
    assert nodes.get_nodes_by_type(ValueNode) == []


def test_an_include_finds_its_template_once_and_hides_its_values_again():
    source = "{% include 'catalog/highlighted.html' with pieces=one %}{{ pieces }}"
    source = f"{source} {source}"
    values = {"one": [("<a>", True), ("b", False)]}
    expected = Template(source).render(Context(values))
    assert expected.count("<mark>&lt;a&gt;</mark>b") == 2
    assert simplified(source).render(Context(values)) == expected
