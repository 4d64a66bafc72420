"""Structure: fluid round the heart, the caval vein."""
