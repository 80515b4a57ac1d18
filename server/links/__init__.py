"""The doorbell between machines that share a database: faster than asking, and never the truth."""

from server.links.link import joined

__all__ = ["joined"]
