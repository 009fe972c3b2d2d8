"""Forms of the desk's pages about grids."""
