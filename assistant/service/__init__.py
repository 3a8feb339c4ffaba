"""The wing `service`."""
