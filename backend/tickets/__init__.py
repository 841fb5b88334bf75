"""Tickets: four kinds, their clocks, and what is written on them (chapters 2.1, 11.4, 11.7.2)."""
