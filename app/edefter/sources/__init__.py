"""Files and tables of other programs, read as rows. Nothing is guessed in silence: see `shape.Question`."""
