"""Weekly flighting: an amount for every line and week, found, rounded and proven."""
