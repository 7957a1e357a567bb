"""Outcomes that are not certain: what judges of draws ask, and the plans and bounds that answer."""
