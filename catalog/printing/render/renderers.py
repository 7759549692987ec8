import gc
import os

from catalog.printing.render import binding, bound, layout, packets, sheets

MODULES = {"sheets": sheets, "packets": packets, "binding": binding, "bound": bound}
IDLE = 60 * 60  # seconds. A new process takes one second to start, and a reader waits for it.


def begin():
    """Runs once, before the process forks for its first document."""
    os.nice(10)  # pages come before PDFs
    gc.disable()  # each fork ends with its document; collecting would take a tenth of the time
    layout.warm_up()
