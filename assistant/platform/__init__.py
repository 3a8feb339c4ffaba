"""The wing `platform`."""
