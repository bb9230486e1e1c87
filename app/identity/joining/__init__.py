"""Joining: invitations, and how well an organisation is known."""
