"""Forms: what people type, checked and handed to the actions."""
