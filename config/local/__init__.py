"""The private servers and the supervisor of `make run` and `make test`."""
