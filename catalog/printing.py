"""The one module that owns WeasyPrint: templates in, PDF out."""
