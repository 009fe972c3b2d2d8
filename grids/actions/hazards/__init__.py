"""隐患: found, put in somebody's hands, put right, looked at again, and asked after until then."""
