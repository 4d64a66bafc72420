"""Values from contours and points; one module a family, one catalogue."""
