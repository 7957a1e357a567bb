"""From response curves to a proven plan. Never imports PyMC."""
