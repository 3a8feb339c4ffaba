"""Measuring and tuning: benchmarks, evaluation, peers, weights.

Nothing of the product imports it but the command line. Begin with `evaluate`.
"""
