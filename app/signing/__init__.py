"""Seals: XAdES signatures made with a token, a PKCS#12 file or the software TEST seal, and their verification.

Doors: python-pkcs11 only in `pkcs11_door`, certificates only in `certificates`. No network, SQL or Qt.
"""
