"""Mühürdar, keeper of the seal: electronic documents and ledgers for small Turkish accounting offices."""

__version__ = "0.1.0"
