from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.utils.translation import gettext as _

from catalog.models import Resource


class Suggestions(AutocompleteJsonView):
    def serialize_result(self, obj, to_field_name):
        """Adds the kind and state of a resource: a course and its poster may share a title."""
        result = super().serialize_result(obj, to_field_name)
        if isinstance(obj, Resource):
            facts = {"title": obj.title, "kind": obj.get_kind_display(), "state": obj.state}
            result["text"] = _("%(title)s (%(kind)s, %(state)s)") % facts
        return result
