"""Tools that know nothing of the contract."""
