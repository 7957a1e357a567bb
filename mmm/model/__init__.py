"""From model.yaml and data to the PyMC model of one KPI: evidence, priors, likelihood."""
