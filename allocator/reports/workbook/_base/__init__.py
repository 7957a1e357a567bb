"""What every sheet shares: figures and their places, formulas with values, formats, pages."""
