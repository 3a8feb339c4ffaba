"""A step of the build: compile the message catalogs, and make no package in which a message lacks a language."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Catalogs(BuildHookInterface):  # type: ignore[type-arg]
    """Checks and compiles the catalogs before anything is packed, or installed to be edited."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Compile each catalog beside its text; refuse where something is missing."""
        locales = Path(self.root) / "assistant" / "locales"
        check = runpy.run_path(str(locales / "checking.py"))["faults"]
        compiling = runpy.run_path(str(locales / "compiling.py"))
        paths = compiling["catalog_paths"](locales)
        if wrong := check(paths):
            raise SystemExit("\n".join(["The catalogs are not whole; nothing was built.", *wrong]))
        compiling["compile_catalogs"](paths)
