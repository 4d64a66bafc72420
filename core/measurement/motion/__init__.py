"""Motion of the left ventricle's wall by segment: how far each comes in, its score and why."""
