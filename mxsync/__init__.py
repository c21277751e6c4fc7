"""A Terraform-style reconciler for MX record sets.

This module imports nothing, so that `mxsync --version` and shell completion start at once.
"""

__version__ = "0.1.0"
