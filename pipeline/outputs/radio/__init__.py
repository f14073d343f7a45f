"""What the commune radio reads aloud (``ban-tin.txt``); start with ``bulletin.py``."""
