"""What can go wrong before the portal runs, said in one sentence."""


class LocalError(Exception):
    """A start that cannot go on; the text says what happened and what to do."""
