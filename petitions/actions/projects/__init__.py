"""What happens to a project: planned, published, begun, counted, moved, finished."""
