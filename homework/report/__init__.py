"""Reports for people: feedback pages, the class page, tables. Nothing that a student wrote appears here unescaped."""
