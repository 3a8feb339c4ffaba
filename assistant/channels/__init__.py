"""Channels, each thin: verify, hand on to the service, show the reply."""
