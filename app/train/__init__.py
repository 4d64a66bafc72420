"""The Train page: data, labels, training, evaluation, sets of models."""
