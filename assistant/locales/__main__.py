"""Compile the catalogs: ``python -m assistant.locales``. The tests refuse catalogs that differ from their texts."""

from __future__ import annotations

from assistant.locales.compiling import compile_catalogs

if __name__ == "__main__":
    compile_catalogs()
