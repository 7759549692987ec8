"""Making PDFs; done apart. The modules here know nothing of Django.

A document is plain values: {"html": …, "site": …, "media": folder, "paper": "letter" | "a4",
"text": "normal" | "large", "ink": "color" | "saving", "fit": bool}; a packet has parts besides, a
book the files of its parts and a foot. What they may load is of this site's address: the static
files of the catalog and pictures below the folder.
"""
