"""What is done to the folder as a whole: files collected, a database rebuilt."""
