"""Asks resolvers for the addresses of hosts."""
