from django import template

from catalog.packets.link import code_of

register = template.Library()
register.filter("code", code_of)
