"""Solvers: HiGHS through Pyomo for structure, SciPy for the last step on the exact curves."""
