"""Slack: mentions, direct messages, a command, shortcuts, App Home, buttons and the brokers' channel."""
