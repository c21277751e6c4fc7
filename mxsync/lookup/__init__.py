"""Asks resolvers."""
