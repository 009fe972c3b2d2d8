"""The private servers and the supervisor behind `make run`, `make test` and their kin.

Nothing here is imported by the portal itself: it only starts processes and hands them an environment.
"""
