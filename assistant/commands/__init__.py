"""The commands, each thin: read the settings, call the package that does the work, print."""
