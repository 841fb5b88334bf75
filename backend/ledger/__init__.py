"""Accounts and postings: the one lock, the one invariant, the one evidence."""
