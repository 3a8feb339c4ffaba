"""Who may log in and call the API: accounts, sessions, tokens, OpenID Connect.

Nothing here renders a page. Begin with `accounts.Accounts`.
"""
