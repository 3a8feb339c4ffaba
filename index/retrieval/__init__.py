"""Retrievers: from a prepared query to scored passages, and their fusion into candidates.

Nothing here decides what is good enough. Begin with `retrievers`.
"""
