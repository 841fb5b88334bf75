"""Bulletins: who is told of a service, when, by which channel, and who has read it."""
