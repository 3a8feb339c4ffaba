"""Microsoft Teams: personal chats, group chats and channels, cards with buttons, and the brokers' channel.

Stands on parts of Microsoft's Teams SDK (`microsoft-teams-api`: the connector's client and its models), not on its
`App`. That one fetches keys synchronously within the event loop, and for any tenant that a token names; answers 500 to
what is malformed; works while Teams waits; and, imported, reads a `.env` of the working folder into the environment.
Here `guard` checks tokens, `inbox` keeps what was told before Teams is told so, and `connector` sends.

Begin with `channel`.
"""
