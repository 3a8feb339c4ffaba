"""The wing `matching`."""
