"""Teams, activities, check-in, hours. Filled by a later issue."""
