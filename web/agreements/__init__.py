"""Agreements with their terms, prices, accounts, references and services."""
