"""The result of the whole line for one exam, its JSON form, and the line itself."""
