"""Score sheets 评分表: what an expert types, kept as they go, and submitted as a review; on line and in Excel."""
