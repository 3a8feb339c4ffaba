"""Needs of two municipalities that are alike: found, shown to brokers, asked about, and made one case.

Nothing here words or shows anything but the letters to the two. Begin with `couplings.Couplings`; `likeness` says what
is alike, `finding` finds it.
"""
