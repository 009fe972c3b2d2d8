"""Pages: fetch, form, action, redirect."""
