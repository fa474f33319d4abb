"""Files in, files out: the only user of Pillow and PyAV."""
