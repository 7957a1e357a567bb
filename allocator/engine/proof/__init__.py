"""Bounds that no plan can beat, by computations of their own. Loads no Pyomo."""
