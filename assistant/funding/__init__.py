"""The rules of schemes held against what is known of an asker.

Nothing here searches or reads a question. Begin with `eligibility.judge_scheme`.
"""
