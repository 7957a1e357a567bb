"""Many questions at once: variants × scenarios × markets × values, planned, kept and listed.

Nothing is loaded here: ``conduct`` needs the solver, ``listing`` and ``folder`` need no numbers.
"""
