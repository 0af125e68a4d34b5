"""e-Defter: vouchers in, checked, sealed ledgers out."""
