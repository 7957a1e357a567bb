"""What a plan depends on: found by solving the same scenario again with something changed."""
