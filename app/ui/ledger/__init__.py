"""Defter: the board of months, a month as a path, its vouchers, balances, findings and files."""
