"""One address of each page type of the demo catalog, for tests that check every page type."""

import re

from catalog.models import Resource, Tool
from catalog.packets.link import code_of
from courses.models import Course

LISTINGS = {
    "home": "/",
    "topics": "/topics/",
    "topic": "/topics/lmp-processes/",
    "filtered": "/topics/lmp-processes/?kind=course&level=2",
    "empty": "/audiences/stewards/?kind=course&level=5",
    "beyond the end": "/tools/?page=99",
    "videos": "/videos/",
    "tools": "/tools/?page=2",
    "courses": "/courses/",
    "level": "/levels/3/",
    "path": "/path/",
    "path of a team": "/path/?check=bkquu",
    "dimension": "/path/leadership/",
    "cell": "/path/team-process/level-2/",
    "team check": "/path/check/",
    "team check with answers": "/path/check/?check=bkquu",
    "plan to be made": "/path/plan/",
    "plan": "/path/plan/?from=1&to=3&audience=co-leads&done=lmp-orientation",
    "plan with mistakes": "/path/plan/?from=7&to=2&audience=ghosts&add=workshop",
    "huddle": "/path/huddle/?minutes=15&team=4+West",
    "empty packet": "/packet/",
    "packet with mistakes": "/packet/?items=zzzzz&q=huddle&title=For+Monday",
    "audience": "/audiences/co-leads/",
    "search": "/search/?q=consensus",
    "nothing found": "/search/?q=xyzzy+grumpy",
    "not found": "/nowhere/",
}


def page_addresses():
    """{page type: address}: the listings, a tag, and resources whose pages show every part."""
    courses = Course.objects.published().exclude(requirements=None).exclude(modules=None)
    tools = Tool.objects.published().exclude(related=None)
    newest = Resource.objects.published()[:7]
    codes = ".".join(code_of(resource.pk) for resource in newest)
    note = f"note-{codes.partition('.')[0]}"
    return LISTINGS | {
        "packet": f"/packet/?items={codes}&{note}=Bring+it&title=For+Monday",
        "tag": f"/tags/{Resource.tags.most_common()[0].slug}/",
        "video": "/videos/cook-up-a-small-test-of-change/",
        "tool": tools.first().get_absolute_url(),
        "course": courses.first().get_absolute_url(),
        "long title": max(
            Resource.objects.published(), key=lambda r: len(r.title)
        ).get_absolute_url(),
    }


def html_in(response):
    """The HTML of a response, with each run of white space as one space: templates break lines."""
    return re.sub(r"[ \n]+", " ", response.content.decode())
