"""A ledger file of any size made readable: scanned once to an index of offsets, then read where one looks."""
