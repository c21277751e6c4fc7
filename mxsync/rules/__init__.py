"""The rules for MX sets. Their numbers are public and never change their meaning."""
