"""`mellomrom mcp`: answer as an MCP server on standard input and output, for an assistant on this machine."""

from __future__ import annotations


def mcp() -> None:
    """Serve an assistant on this machine over MCP; it starts this command by itself (see assistant/docs/mcp.md)."""
    from assistant.channels.mcp import check_installed
    from assistant.platform.logs import set_up_logs
    from assistant.platform.settings import load_settings
    from assistant.runtime.bootstrap import open_runtime

    settings = load_settings()
    check_installed()
    set_up_logs(settings)
    with open_runtime(settings) as runtime:
        from assistant.access.tokens import Tokens
        from assistant.channels.mcp.caller import local_caller
        from assistant.channels.mcp.stdio import serve_stdio

        caller = local_caller(settings, Tokens(runtime.database))
        # The first question finds everything read already.
        runtime.keeper.searcher()
        serve_stdio(runtime, caller)
