"""Tickets: service requests, incidents, problems and changes; the conversation, its release, the clocks."""
