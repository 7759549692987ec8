"""Uses the admin as a browser without JavaScript does: reads forms, fills them in, submits them."""

from django.contrib.auth.models import Group, User
from django.urls import reverse
from lxml import html

PASSWORD = "a word between us"


def make_person(name="ann", *groups, **fields):
    person = User.objects.create_user(name, password=PASSWORD, is_staff=True, **fields)
    person.groups.set(Group.objects.filter(name__in=groups))
    return person


def sign_in(client, name="ann", *groups, **fields):
    """Makes a staff user, signs them in and returns them."""
    person = make_person(name, *groups, **fields)
    client.force_login(person)
    return person


def sign_in_as_root(client):
    return sign_in(client, "root", is_superuser=True)


def add_url(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")


def admin_url(row, role="change"):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{role}", args=[row.pk])


def list_url(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def parse_page(response):
    return html.fromstring(response.content.decode())


def form_data(response):
    """Returns what a browser would submit from the main form in `response`: {name: [value, …]}."""
    form = max(parse_page(response).forms, key=lambda form: len(form.inputs.keys()))
    sent = {}
    for name, value in form.form_values():
        text = value.removeprefix("\n") if is_textarea(form, name) else value
        sent.setdefault(name, []).append(text)
    return sent


def is_textarea(form, name):
    return bool(form.xpath(".//textarea[@name=$name]", name=name))


def submit_form(client, page, /, button="_save", rows=(), files=None, **changes):
    """Opens the form at the address `page`, fills in `changes` and `rows` and submits it.

    Adds each row, (prefix, {field: value}), below the existing rows. Returns the response of the
    page that the browser ends up on.
    """
    sent = form_data(client.get(page)) | changes | (files or {}) | {button: "1"}
    for prefix, fields in rows:
        add_row(sent, prefix, fields)
    return client.post(page, sent, follow=True)


def add_row(sent, prefix, fields):
    number = int(sent[f"{prefix}-TOTAL_FORMS"][0])
    sent[f"{prefix}-TOTAL_FORMS"] = [str(number + 1)]
    blank = f"{prefix}-__prefix__-"
    for name in [name for name in sent if name.startswith(blank)]:
        sent[f"{prefix}-{number}-{name.removeprefix(blank)}"] = sent[name]
    sent |= {f"{prefix}-{number}-{name}": value for name, value in fields.items()}


def errors_in(response):
    """Returns every error sentence in `response`, in the order of the page."""
    return items_of(response, "errorlist")


def messages_in(response):
    return items_of(response, "messagelist")


def items_of(response, kind):
    items = parse_page(response).xpath("//ul[contains(@class, $kind)]/li", kind=kind)
    return [item.text_content().strip() for item in items]
