import gc
import os

from catalog.printing.render import binding, bound, layout, packets, sheets

MODULES = {"sheets": sheets, "packets": packets, "binding": binding, "bound": bound}
IDLE = 60 * 60  # seconds: it takes one to begin, which a reader would wait for


def begin():
    """Done once, before the process forks for its first document."""
    os.nice(10)  # pages are answered before PDFs are made
    gc.disable()  # what ends with its document collects nothing before: a tenth of the time
    layout.warm()
