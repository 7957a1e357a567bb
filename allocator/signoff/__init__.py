"""Sign-off: who agreed to what, provably."""
