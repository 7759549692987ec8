from catalog.press import binding, books, layout, packets, sheets

MODULES = {"sheets": sheets, "packets": packets, "binding": binding, "books": books}
IDLE = 60 * 60  # seconds: it takes one to begin, which a reader would wait for

# Done once, before the process forks for its first document.
layout.warm()
