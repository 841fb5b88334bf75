"""Accounts, sign-in, sessions, tokens, service accounts: who is at the door, as an Actor."""
