"""Bringing in what others keep: spreadsheets, registers, vocabularies.

Invariant: a value that a person wrote is never written over by an import; what the import has instead is kept as a
proposal. Importing the same file twice changes nothing the second time, and an import can be undone as a whole. No
person is ever imported. Nothing here needs the network: files come in, and `fetching` is a way to get one.

`files` opens what was given, `sources` has one mapper for each source, `matching` tells which record a row is of,
`fields` sets what is imported against what is there, `planning` says what would become of each row, `applying` does
it, `undoing` takes it back, and `runs` and `proposals` remember.
"""
