"""What plans are worth and whether they keep the rules, recomputed in plain numbers. No solver."""
