"""The solve wing. Import its modules by name: reading a plan must never load Pyomo."""
