"""The arithmetic that the lessons teach, in NumPy alone."""
