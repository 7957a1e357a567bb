"""Fits: sampled, kept in a folder, warm-started; many at once."""
