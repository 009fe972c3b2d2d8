"""Pages of grid workers and their leaders."""
