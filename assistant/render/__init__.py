"""Answers as payloads: pure functions from `Answer` to what a channel shows."""
