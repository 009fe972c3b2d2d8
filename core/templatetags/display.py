"""`{% load display %}`: dates, moments, money and phones as people read them here."""

from __future__ import annotations

from django import template

from core import display

register = template.Library()

register.filter("day", display.day)
register.filter("short_day", display.short_day)
register.filter("moment", display.moment)
register.filter("money", display.money)
register.filter("price", display.price)
register.filter("shown", display.shown)
register.filter("thousands", display.thousands)
register.filter("masked_phone", display.masked_phone)
