"""Excel in: what a file may be, what its cells mean, and what each kind of sheet adds."""
