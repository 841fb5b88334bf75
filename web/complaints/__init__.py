"""Complaints: the register, a complaint's own page, writing one, and answering it topic by topic."""
