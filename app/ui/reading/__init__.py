"""The reading pane: a document as its sender drew it, what it says, what became of it, what is wrong with it."""
