"""Data sets, augmentation, training and evaluation of each model."""
