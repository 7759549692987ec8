from catalog.press import binding, layout, packets, sheets

MODULES = {"sheets": sheets, "packets": packets, "binding": binding}

# Done once, before the process forks for its first document.
layout.warm()
