"""What the broker's desk shows, whatever it is shown on.

Invariant: everything here is read from records, cases and the log as they are; nothing is kept.
"""
