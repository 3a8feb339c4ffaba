"""How the bundled encoder was trained, and how to train it anew.

Nothing of the product imports it. Begin with `training`.
"""
