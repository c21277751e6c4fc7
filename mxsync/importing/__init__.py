"""From live MX sets to a manifest that wants just these."""
