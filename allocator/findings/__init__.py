"""What was found out about plans, as values that documents print. Ground floor, no solver."""
