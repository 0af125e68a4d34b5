"""One SQLite file per company and fiscal year: vouchers, their lines, what was imported and what was wrong with it."""
