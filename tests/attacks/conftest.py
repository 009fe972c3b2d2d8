from tests.petitions.loop import *  # noqa: F403
