"""The wing `storage`."""
