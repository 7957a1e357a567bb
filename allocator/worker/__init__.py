"""Long work in processes of its own: plans, sweeps and documents that people ask the store for.

``conduct`` takes jobs from the store and gives results back; the work itself is done by a child,
which knows files and no database, and can be stopped at any time.
"""
