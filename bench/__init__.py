"""How fast, measured in one run beside the bare limit: `make bench`, read docs/performance.md."""
