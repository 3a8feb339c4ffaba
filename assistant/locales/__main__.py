"""Compile the catalogs, as every build and installation does; refused where a message lacks a language."""

import sys

from assistant.locales.checking import faults
from assistant.locales.compiling import catalog_paths, compile_catalogs

if __name__ == "__main__":
    if wrong := faults(catalog_paths()):
        sys.exit("\n".join(["The catalogs are not whole; nothing was written.", *wrong]))
    compile_catalogs(catalog_paths())
