"""The composition root: database, index and services made from settings; the web app; what runs on a schedule.

Only commands import it. Begin with `bootstrap.open_runtime`.
"""
