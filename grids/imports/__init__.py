"""Excel in: marks, who is cared for, the points of patrols, the tasks of action plans."""
