from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User

from catalog.admin.base import CatalogAdmin
from catalog.admin.site import site


@admin.register(User, site=site)
class PeopleAdmin(CatalogAdmin, UserAdmin):
    def has_view_permission(self, request, obj=None):
        """Lets editors who choose an owner see the names of staff, and nothing else about them."""
        suggests = request.resolver_match.url_name == "autocomplete"
        return suggests or super().has_view_permission(request, obj)

    def get_search_results(self, request, queryset, search_term):
        if request.resolver_match.url_name == "autocomplete":
            queryset = queryset.filter(is_staff=True, is_active=True)
        return super().get_search_results(request, queryset, search_term)


@admin.register(Group, site=site)
class RolesAdmin(CatalogAdmin, GroupAdmin):
    pass
