"""How far measurements are off: whole virtual exams read as files, against the truth."""
