"""Our own scripts, styles and fonts; there are no others."""

from __future__ import annotations

from starlette.responses import Response
from starlette.staticfiles import StaticFiles as Files
from starlette.types import Scope

from assistant.channels.web.pages import STATIC


class StaticFiles(Files):
    """The files of the folder ``static``, kept by browsers for as long as their address names their content."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file."""
        answer = await super().get_response(path, scope)
        named = scope["query_string"].startswith(b"v=")
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if named else "no-cache"
        return answer
