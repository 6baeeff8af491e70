"""What students wrote, made harmless before it is displayed: text, pictures, Markdown, HTML."""
