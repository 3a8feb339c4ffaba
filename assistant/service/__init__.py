"""The one entry for all channels: a message or an act goes in, a reply comes out, and all of it is logged.

Nothing here knows how a channel looks. Begin with `service.Service.handle`.
"""
