"""The wing `scoring`."""
