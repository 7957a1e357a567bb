"""Comparison: several plans over one index. Ground floor, no solver."""
