"""Moving mail from one set of hosts to another, in stages that respect what caches do."""
