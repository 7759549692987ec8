from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from catalog.printing.options import PrintOptions
from catalog.printing.orders import send_ordered
from catalog.printing.responses import send_printable


def pdf_view(recipe):
    """Returns a view that sends what `recipe(query, **arguments)` returns, see recipes.py."""

    @require_safe
    def view(request, **arguments):
        printable = recipe(request.GET, **arguments)
        return redirect(printable) if isinstance(printable, str) else send(request, printable)

    view.recipe = recipe
    return view


def send(request, printable):
    """Returns the PDF of a Printable, or a page that says why there is none."""
    options = PrintOptions.read(request.GET)
    address = printable.address_with(options)
    if printable.has_one_address and address != request.get_full_path():
        return redirect(address)
    answer = send_ordered if printable.is_large else send_printable
    return answer(request, printable, options)
