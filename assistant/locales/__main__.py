"""Compile the catalogs; refused where a message lacks a language."""

import sys

from assistant.locales.compiling import CatalogError, compile_catalogs

if __name__ == "__main__":
    try:
        compile_catalogs()
    except CatalogError as error:
        sys.exit(str(error))
