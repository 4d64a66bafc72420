"""Structure: the caval vein, the aortic valve's cusps."""
