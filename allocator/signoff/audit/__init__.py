"""Is the store as it was written? Held against its chain, a head from elsewhere, and attacks."""
