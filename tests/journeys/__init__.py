"""Journeys through the whole house, as its users make them: commands, two databases, a browser."""
