"""Every write of the closed loop. Pages, the admin, the API, tasks and imports call these functions."""
