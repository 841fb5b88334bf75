"""The contract between Tiera, its suppliers and its municipalities, kept by code."""
