"""The portal's own settings, with every response saying how many statements it took."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, MIDDLEWARE

MIDDLEWARE = ["bench.middleware.StatementCount", *MIDDLEWARE]
INSTALLED_APPS = [*INSTALLED_APPS, "bench.floor"]
