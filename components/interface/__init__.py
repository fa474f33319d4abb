"""The page and its API. The only room that uses gradio."""
