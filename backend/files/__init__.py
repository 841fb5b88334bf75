"""Bytes in the store, each known by its hash, its sniffed type, who brought it and what for."""
