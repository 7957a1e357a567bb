"""What every document shares: figures, names, one order, the sentences, and the pictures."""
