"""隐患 on a phone: found, put right, looked at again. Without scripts they work as well."""
