"""What students wrote, made harmless before anything shows it: text, pictures, Markdown, HTML."""
