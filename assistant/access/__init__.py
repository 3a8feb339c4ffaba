"""The wing `access`."""
