"""Files that people are given to keep."""

from __future__ import annotations

from starlette.responses import Response

CSV = "text/csv; charset=utf-8"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = "application/json"


def download(name: str, content: str | bytes, media_type: str) -> Response:
    """Return a file that a browser keeps under a name of ours."""
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
