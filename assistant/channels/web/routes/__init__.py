"""The routes of the web, one router for each part."""
