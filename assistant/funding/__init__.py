"""The wing `funding`."""
