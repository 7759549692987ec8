"""Makes PDFs, in sandbox processes. The modules here do not use Django.

A document is plain values: {"html": …, "site": …, "media": folder, "paper": "letter" | "a4",
"text": "normal" | "large", "ink": "color" | "saving", "fit": bool}. A packet adds "parts". The
catalog PDF has the files of its parts and a footer instead. A document may load only the static
files of the catalog and pictures in its media folder, each by an address of this site.
"""
