"""The Validation page: results of virtual exams, and runs that make them."""
