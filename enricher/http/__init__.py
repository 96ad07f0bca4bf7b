"""Fetching: the client, its protection against private networks, and when a server may be asked again."""
