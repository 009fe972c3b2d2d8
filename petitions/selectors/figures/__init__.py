"""What is counted of communities month by month, and how it is shown."""
