"""The wing `history`."""
