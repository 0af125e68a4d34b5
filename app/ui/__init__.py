"""Everything Qt. No business rules and no SQL here: pages call workflows on lanes and show what comes back."""
