"""Plans side by side: the bridge from one to another, and everything in which they differ."""
