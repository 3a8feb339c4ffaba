"""MCP, the Model Context Protocol: the assistant as tools and records that other assistants use.

Invariant: a caller may do what its token's scopes say and no more; what is asked is answered and logged as in every
other channel. Nothing here is imported, nor the package `mcp`, where MCP is not set up. Begin with `tools.TOOLS`.
"""

from __future__ import annotations


def check_installed() -> None:
    """See that the package `mcp` is there.

    Raises:
        SettingsError: it is not.
    """
    from importlib.util import find_spec

    from assistant.platform.settings import SettingsError

    if find_spec("mcp") is None:
        raise SettingsError("MCP needs a package that is not installed. Run: pip install 'mellomrom[mcp]'")
