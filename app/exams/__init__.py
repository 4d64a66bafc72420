"""The Exams page's parts."""
