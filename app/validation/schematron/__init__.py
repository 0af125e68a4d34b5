"""A small Schematron compiler: rules of GİB as data in, one XSLT with a compact result out.

`model` reads a schema with its includes, `hoist` rewrites what does not depend on the line, `compiler` writes the XSLT,
`child` runs it with Saxon in a child process. No other room looks inside.
"""
