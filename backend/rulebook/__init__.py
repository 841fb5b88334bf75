"""The contract as data: its rules, its terms, and the words that all slices share."""
