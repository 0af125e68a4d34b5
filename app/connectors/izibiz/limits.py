"""İzibiz's limits in numbers. Source: guide, error 10010, "E-Fatura Okuma" and "Dikkat Edilecek Hususlar"."""

from __future__ import annotations

from datetime import timedelta

MAX_DOCUMENTS = 100
# "5 MB" of the encoded request, taken as the smaller of its two readings.
MAX_REQUEST_BYTES = 5_000_000
# Documents with content in one answer, and headers alone. Exactly as many means: ask again.
PAGE = 100
HEADER_PAGE = 25_000
# A session lives up to 8 hours; renewed a little earlier.
SESSION_LIFE = timedelta(hours=7, minutes=50)
# Two chapters disagree on receiving ("at most", "at least" 15 minutes); the floor is the careful reading.
RECEIVE_FLOOR = timedelta(minutes=15)
BUTTON_FLOOR = timedelta(minutes=5)
STATUS_FLOOR = timedelta(hours=4)
