"""The wing `runtime`."""
