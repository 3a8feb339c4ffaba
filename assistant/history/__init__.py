"""The match log and the tables of askers, threads and cases, with their migrations.

Nothing here decides what to answer. Begin with `matchlog.MatchLog`.
"""
