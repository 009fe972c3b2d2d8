"""Excel in: marks, who is cared for, and the points of patrols."""
