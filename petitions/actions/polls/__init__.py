"""What happens to a poll: put, opened, voted in, closed."""
