import gc
import os

from catalog.press import binding, books, layout, packets, sheets

MODULES = {"sheets": sheets, "packets": packets, "binding": binding, "books": books}
# A process that ends with its document collects nothing before: a tenth of the time.
gc.disable()
# Pages are answered before PDFs are made.
os.nice(10)

IDLE = 60 * 60  # seconds: it takes one to begin, which a reader would wait for

# Done once, before the process forks for its first document.
layout.warm()
