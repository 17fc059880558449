"""The points of a server's members."""
