"""`/api/v1/hazards/`: what a property company answers for, read and reported by program (G-24)."""
