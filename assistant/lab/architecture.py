"""The picture of the architecture page, made from the imports of the code: ``python -m assistant.lab.architecture``.

Invariant: an arrow is drawn where a module of one room really imports one of another; nothing is drawn by hand.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

PACKAGES = ("corpus", "index", "assistant")
BEGIN, END = "<!-- picture: begin -->", "<!-- picture: end -->"


def room_of(module: str) -> str:
    """Return the room that a module lies in: a wing of the assistant, else the whole package."""
    package, *rest = module.split(".")
    return f"{package}.{rest[0]}" if package == "assistant" and rest else package


def arrows() -> dict[str, set[str]]:
    """Return by room the rooms that it imports from, without those it reaches through another one anyway."""
    import grimp

    graph = grimp.build_graph(*PACKAGES, include_external_packages=False)
    direct: dict[str, set[str]] = defaultdict(set)
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            if room_of(module) != room_of(imported):
                direct[room_of(module)].add(room_of(imported))
    return {room: _shortest(room, direct) for room in sorted(direct)}


def _shortest(room: str, direct: dict[str, set[str]]) -> set[str]:
    through = {later for other in direct[room] for later in _reached(other, direct)}
    return direct[room] - through


def _reached(room: str, direct: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    frontier = set(direct.get(room, ()))
    while frontier:
        reached |= frontier
        frontier = {later for other in frontier for later in direct.get(other, ())} - reached
    return reached


def picture() -> str:
    """Return the rooms and their imports as a Mermaid flow chart."""
    lines = ["```mermaid", "flowchart TD"]
    for room, imported in arrows().items():
        lines += [
            f"    {room.replace('.', '_')}[{room}] --> {one.replace('.', '_')}[{one}]" for one in sorted(imported)
        ]
    return "\n".join([*lines, "```"])


def _node(room: str) -> str:
    return f"{room.replace('.', '_')}[{room}]"


def drawn(page: str) -> str:
    """Return a page with the picture of today between its two marks.

    Raises:
        ValueError: a mark is missing.
    """
    before, after = page.index(BEGIN) + len(BEGIN), page.index(END)
    return f"{page[:before]}\n{picture()}\n{page[after:]}"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(drawn(path.read_text(encoding="utf-8")), encoding="utf-8")
