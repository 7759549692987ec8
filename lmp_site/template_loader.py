import re

from django.template.loaders import filesystem

INDENTATION = re.compile(r"\n[ \t]+")


class Loader(filesystem.Loader):
    """Reads templates without their indentation, which is a fifth of a page.

    Lines keep their numbers in error messages.
    """

    def get_contents(self, origin):
        return INDENTATION.sub("\n", super().get_contents(origin))
