"""SQLite: opened with care, its file checked and read page by page, its errors in words."""
