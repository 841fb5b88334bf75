"""The database's history, one purpose a file, carried out by `backend.kit.migrating`."""
