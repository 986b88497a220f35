"""Text in, probabilities out: passages, windows, encoder, classifier, training, evaluation and the TF-IDF floor."""
