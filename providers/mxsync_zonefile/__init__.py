"""RFC 1035 zone files on disk: the embedded default."""
