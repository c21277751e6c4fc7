"""The JSON documents of mxsync: how values are written, and read again. Pure.

Each document names its format and version. Within a version fields are only ever added, so a reader passes
over what it does not know.
"""
