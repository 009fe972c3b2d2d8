"""The floor: the least Django that does comparable work, without sign-in, session or permission check."""
