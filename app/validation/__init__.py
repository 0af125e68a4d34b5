"""What can be wrong with a document, said before the seal goes on.

`builtin` gives instant findings on an invoice's fields, `files` looks at any file, `official` is the door to GİB's own
XSD and Schematron: `packages` keeps and runs what GİB publishes, `schematron` compiles its rules, `explanations` says
them in the user's words. Everything yields the same `Finding`.
"""
