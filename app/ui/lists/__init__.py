"""Lists of documents: the table over SQL, its filters, its exports and the bulk actions on what is selected."""
