from django import template

from catalog.packetlinks import code_of

register = template.Library()
register.filter("code", code_of)
