"""Makes four tools that the search finds in order, and a search check that needs one of them."""

from catalog.models import JudgedQuery
from tests.makers import days_ago, make_tool

HARM = (
    "“consensus” would show “Consensus Three” at place 4. "
    "A search check needs it in the first three."
)


def make_four_tools():
    titles = ["Consensus One", "Consensus Two", "Consensus Three", "Consensus Four"]
    return [make_tool(title, published=days_ago(day)) for day, title in enumerate(titles, 1)]


def make_checked_tools():
    """Makes four tools; the third has to be among the first three results for “consensus”."""
    tools = make_four_tools()
    JudgedQuery.objects.create(words="consensus", resource=tools[2])
    return tools
