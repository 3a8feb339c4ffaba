"""Run the command line as ``python -m assistant``."""

from __future__ import annotations

from assistant.cli import process_main

if __name__ == "__main__":
    process_main()
