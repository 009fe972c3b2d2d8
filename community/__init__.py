"""Who and where: places, households, residents, posts, organisations, brands and workflow profiles."""
