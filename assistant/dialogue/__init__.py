"""What somebody wrote, read: its language, need, facts, and what a turn of a thread means.

Nothing here answers. Begin with `understanding.understand` and `turn_parser.read_turn`.
"""
