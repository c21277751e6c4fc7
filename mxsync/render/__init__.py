"""Output formats: plans, reports and findings in, text out. Pure."""
