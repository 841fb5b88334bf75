"""The rules of the contract, a file a chapter or a few, in the contract's order."""
