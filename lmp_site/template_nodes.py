"""Makes a template cheaper to render, once, when it is read. Its pages stay the same.

Translations, addresses and static files without variables become text. A value is looked up and
escaped in three calls of Python instead of sixteen. Everything unusual goes Django's own way.
"""

from html import escape

from django.conf import settings
from django.template.base import (
    FilterExpression,
    NodeList,
    TextNode,
    Variable,
    VariableDoesNotExist,
    VariableNode,
    render_value_in_context,
)
from django.template.context import Context
from django.template.defaulttags import (
    CommentNode,
    CycleNode,
    IfChangedNode,
    LoadNode,
    TemplateLiteral,
    URLNode,
)
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from django.template.smartif import TokenBase
from django.templatetags.i18n import TranslateNode
from django.templatetags.static import StaticNode
from django.utils.safestring import SafeString

# Nodes that keep something between two renderings of their template.
STATEFUL = (BlockNode, CycleNode, ExtendsNode, IfChangedNode)


def simplify(template):
    """Changes the nodes of a `template` that Django has just made."""
    simplify_part(template.nodelist)


def simplify_part(part):
    """Changes a list of nodes, an expression, or whatever of a node contains them."""
    if isinstance(part, NodeList):
        part[:] = joined_texts(map(simplified_node, part))
    elif isinstance(part, FilterExpression):
        part.var = quick_variable(part.var)
    elif isinstance(part, list | tuple):
        for item in part:
            simplify_part(item)
    elif isinstance(part, dict):
        simplify_part(list(part.values()))
    elif isinstance(part, TokenBase):  # a condition of {% if %}
        simplify_part([part.first, part.second, getattr(part, "value", None)])
        if type(part) is TemplateLiteral and is_quick(part.value):
            part.__class__ = ValueLiteral


def joined_texts(nodes):
    """Returns `nodes` as a list in which no two texts follow each other."""
    joined = []
    for node in nodes:
        if joined and type(node) is type(joined[-1]) is TextNode:
            node = TextNode(joined.pop().s + node.s)
        joined.append(node)
    return joined


def simplified_node(node):
    """Returns the node to use instead of `node`, which may be `node` itself."""
    if is_constant(node):
        return TextNode(node.render(Context()))
    if not isinstance(node, TranslateNode):  # it changes its variable when it is rendered
        simplify_part(vars(node))
    if type(node) is VariableNode and is_quick(node.filter_expression):
        node.__class__ = ValueNode
    elif type(node) is IncludeNode and is_literal(node.template):
        node.__class__ = FixedInclude
    return node


def is_constant(node):
    """Whether the node always renders the same text, as a translation into the only language."""
    match node:
        case CommentNode() | LoadNode():
            return True
        case TranslateNode(asvar=None, message_context=None):
            return len(settings.LANGUAGES) == 1 and is_literal(node.filter_expression)
        case URLNode(asvar=None):
            return all(map(is_literal, [node.view_name, *node.args, *node.kwargs.values()]))
        case StaticNode(varname=None):
            return is_literal(node.path)
    return False


def is_literal(expression):
    var = expression.var
    return not expression.filters and not (isinstance(var, Variable) and var.lookups)


def quick_variable(var):
    is_lookup = type(var) is Variable and var.lookups and not var.translate
    return QuickVariable(var.var) if is_lookup else var


def is_quick(expression):
    return isinstance(expression.var, QuickVariable) and not expression.filters


class QuickVariable(Variable):
    """A variable that takes its value straight from dictionaries, attributes and methods."""

    def __init__(self, var):
        super().__init__(var)
        self.name, *self.rest = self.lookups

    def resolve(self, context):
        for names in reversed(context.dicts):
            if self.name in names:
                value = names[self.name]
                break
        else:
            if hasattr(context, self.name):
                return super().resolve(context)
            raise VariableDoesNotExist("Failed lookup for key [%s] in %r", (self.name, context))
        try:
            for name in self.rest:
                if type(value) is dict:
                    value = value[name]
                elif hasattr(type(value), "__getitem__"):
                    return super().resolve(context)
                else:
                    value = getattr(value, name)
                if callable(value) and not getattr(value, "do_not_call_in_templates", False):
                    if getattr(value, "alters_data", False):
                        return super().resolve(context)
                    value = value()
        except (AttributeError, LookupError, TypeError):
            return super().resolve(context)
        return value if self.rest or not callable(value) else super().resolve(context)


class ValueNode(VariableNode):
    """A value without filters."""

    def render_annotated(self, context):
        try:
            value = self.filter_expression.var.resolve(context)
        except VariableDoesNotExist:
            return self.render(context)
        kind = type(value)
        if kind is SafeString:
            return value
        if kind is str and context.autoescape:
            return escape(value)
        if kind is int and not settings.USE_THOUSAND_SEPARATOR:
            return str(value)
        return render_value_in_context(value, context)


class ValueLiteral(TemplateLiteral):
    """A value without filters in a condition."""

    def eval(self, context):
        try:
            return self.value.var.resolve(context)
        except VariableDoesNotExist:
            return None


class FixedInclude(IncludeNode):
    """An include that names its template. It finds the template once."""

    found = None

    def render_annotated(self, context):
        if self.found is None:
            template = context.template.engine.get_template(self.template.var)
            self.keeps_state = bool(template.nodelist.get_nodes_by_type(STATEFUL))
            self.found = template
        if self.isolated_context or self.keeps_state:
            return self.render(context)
        values = {name: value.resolve(context) for name, value in self.extra_context.items()}
        context.dicts.append(values)
        try:
            return self.found.nodelist.render(context)
        finally:
            context.dicts.pop()
