"""The invoice editor: a paper invoice's form, a grid of lines, live totals, preview and findings."""
