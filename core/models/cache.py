"""The table behind the cache when Redis is down."""

from __future__ import annotations

from django.db import models


class CacheRow(models.Model):
    """One cached value; whole numbers stand apart, so that they can be counted up in place."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    number = models.BigIntegerField(null=True)
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "core_cache"

    def __str__(self) -> str:
        return self.cache_key
