"""The ledgers' XML, written in canonical form in one pass: what is hashed is what is written."""
