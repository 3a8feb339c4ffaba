"""From a need to an answer: search, judge, compose; also consortia and ladders of schemes.

Nothing here stores, words or shows anything. Begin with `matchmaker.Matchmaker.answer`.
"""
