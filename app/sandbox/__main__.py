"""`python -m app.sandbox`."""

from app.sandbox import main

if __name__ == "__main__":
    raise SystemExit(main())
