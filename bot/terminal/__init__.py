"""The terminal front: the whole tutor with no token and no server."""
