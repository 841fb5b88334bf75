"""A service: its start, its channels, and what is to be agreed before it starts."""
