"""Publishing: figures are worked out as a draft, compared, published, corrected or withdrawn; and the briefings."""
