"""The daily question of a server."""
