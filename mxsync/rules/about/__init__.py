"""The entries of the catalogue, by what they look at. Plain data."""
