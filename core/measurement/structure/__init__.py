"""Structure: septa, the caval vein, the aortic valve's cusps."""
