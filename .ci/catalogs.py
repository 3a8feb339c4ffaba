"""A step of the build: refuse to make a package in which a message lacks a language."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WholeCatalogs(BuildHookInterface):  # type: ignore[type-arg]
    """Checks the catalogs before anything is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Refuse where something is missing."""
        locales = Path(self.root) / "assistant" / "locales"
        check = runpy.run_path(str(locales / "checking.py"))["faults"]
        if wrong := check(locales.glob("*/LC_MESSAGES/*.po")):
            raise SystemExit("\n".join(["The catalogs are not whole; nothing was built.", *wrong]))
