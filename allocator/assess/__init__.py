"""Where money stands today: every line on its curve, against a hurdle, a frontier, a platform."""
