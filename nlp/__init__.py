"""Text, narratives, store, intensity, trend and report: everything between an article and a page. No network, no torch."""
