"""The journal: what every apply was about to do, and what came of it. JSON lines, one file for each run."""
