"""The manifest: from YAML files to what is wanted, with a place for everything that is wrong."""
