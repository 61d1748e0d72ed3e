"""Finding parties by name, pinyin, initials, former names or code, at once among a million."""
