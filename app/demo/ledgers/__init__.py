"""Books of the demo office: vouchers of a made-up year, and the months that were sealed and approved of them."""

from app.demo.ledgers.fill import fill_ledgers, have_books

__all__ = ["fill_ledgers", "have_books"]
