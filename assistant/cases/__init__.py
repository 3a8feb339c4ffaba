"""The wing `cases`."""
