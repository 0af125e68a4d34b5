"""What can be wrong with a document, said before the seal goes on.

`builtin` gives instant findings on an invoice's fields, `files` looks at any file, `official` is the door behind which
GİB's own XSD and Schematron will stand. Everything yields the same `Finding`.
"""
