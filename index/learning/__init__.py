"""The wing `learning`."""
