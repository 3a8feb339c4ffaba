"""The wing `dialogue`."""
