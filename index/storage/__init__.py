"""What is kept on disk of an index, and how it is built and followed.

Nothing here ranks. Begin with `builder` and `passages.passages_of`.
"""
