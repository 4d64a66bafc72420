"""Sources of frames, and where and how big the picture in them is."""
