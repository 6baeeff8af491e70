"""What people look at: feedback pages, the class page, tables. Nothing a student wrote appears here unescaped."""
