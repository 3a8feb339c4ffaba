"""From candidates to matches: weights, confidence, whether to answer at all, reasons.

Begin with `ranking` and `gate`.
"""
