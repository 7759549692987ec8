import re

from django.template.loaders import cached, filesystem

from lmp_site.template_nodes import simplify

INDENTATION = re.compile(r"\n[ \t]+")


class Loader(filesystem.Loader):
    """Reads templates without their indentation, which is a fifth of a page.

    Lines keep their numbers in error messages.
    """

    def get_contents(self, origin):
        return INDENTATION.sub("\n", super().get_contents(origin))


class CachedLoader(cached.Loader):
    """Keeps compiled templates, and simplifies those of `templates/`.

    While DEBUG is on, it leaves them as they are, so that an error page can show the tag.
    """

    def get_template(self, template_name, skip=None):
        is_known = self.cache_key(template_name, skip) in self.get_template_cache
        template = super().get_template(template_name, skip)
        if not is_known and not self.engine.debug and isinstance(template.origin.loader, Loader):
            simplify(template)
        return template
