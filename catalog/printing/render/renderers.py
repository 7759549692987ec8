import gc
import os

from catalog.printing.render import catalog_pdf, document_pdf, layout, packet_pdf, uploaded_pdfs

MODULES = {
    "catalog_pdf": catalog_pdf,
    "document_pdf": document_pdf,
    "packet_pdf": packet_pdf,
    "uploaded_pdfs": uploaded_pdfs,
}
IDLE = 5 * 60  # seconds. A new process takes one second to start, and a reader waits for it.


def begin():
    """Runs once, before the process forks for its first document."""
    os.nice(10)  # pages come before PDFs
    gc.disable()  # each fork ends with its document; collecting would take a tenth of the time
    layout.warm_up()
