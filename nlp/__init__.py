"""Text, narratives, store, intensity, trend and report. No network, no torch."""
