"""Plans, reports and findings as text for a terminal. Pure.

Colours are ANSI sequences; whoever prints strips them where they are not wanted. Without a width, as for a
pipe or a file, every sentence is one line; with one, sentences are broken at the ends of words.
"""

from mxsync.render.text.found import findings
from mxsync.render.text.outcomes import report
from mxsync.render.text.planned import MAX_UNMANAGED, plan

__all__ = ["MAX_UNMANAGED", "findings", "plan", "report"]
