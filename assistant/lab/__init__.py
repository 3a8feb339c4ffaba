"""The wing `lab`."""
