"""Plans and reports as a comment on a pull request, for GitHub, GitLab and what is like them. Pure.

The first line is a hidden mark, by which a bot finds the comment that it wrote before, to write it anew.
"""

from mxsync.render.markdown.outcomes import report
from mxsync.render.markdown.pieces import LIMIT, marker
from mxsync.render.markdown.planned import plan

__all__ = ["LIMIT", "marker", "plan", "report"]
