"""The wing `retrieval`."""
