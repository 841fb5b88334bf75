"""The pages on which views of lists are saved, renamed, shared and removed."""
