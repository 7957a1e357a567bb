"""From data to response curves: the only package that knows PyMC."""
