"""Colours as data: a scheme says what each of its colours means; without it a colour says nothing."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models import Community


class SchemeKind(models.TextChoices):
    """What a scheme is for: marks on residents, or how closely somebody is cared for."""

    REGISTER = "register", _("信息册标记")
    CARE = "care", _("关爱台账")


class Colour(models.TextChoices):
    """The colours in the order in which they are listed; none of them means anything by itself."""

    RED = "red", _("红")
    YELLOW = "yellow", _("黄")
    BLUE = "blue", _("蓝")
    GREEN = "green", _("绿")
    WHITE = "white", _("白")


class Effect(models.TextChoices):
    """What a mark does to the person who bears it. The last two silence everything."""

    NONE = "none", _("只作标记")
    TENANT = "tenant", _("租期到期时复核")
    MOVED_OUT = "moved_out", _("搬离：不再提醒、走访和统计")
    DECEASED = "deceased", _("已故：不再提醒、走访和统计")


SILENCING = (Effect.MOVED_OUT, Effect.DECEASED)


class ColourScheme(models.Model):
    """A community's set of colours. `for_children`: its files are read by the posts for children alone.
    `is_monthly`: everybody in it is visited at least once a calendar month, whatever the colour says."""

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="colour_schemes", verbose_name=_("社区")
    )
    kind = models.CharField(_("用途"), max_length=10, choices=SchemeKind.choices)
    name = models.CharField(_("名称"), max_length=20)
    for_children = models.BooleanField(_("儿童"), default=False)
    is_monthly = models.BooleanField(_("一月一访"), default=False)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        ordering = ("pk",)
        verbose_name = _("色标方案")
        verbose_name_plural = _("色标方案")
        constraints = [
            models.UniqueConstraint(fields=["community", "name"], name="colour_scheme_name_once"),
            models.UniqueConstraint(
                fields=["community"], condition=Q(kind="register"), name="colour_scheme_one_register"
            ),
            models.CheckConstraint(
                condition=Q(kind="care") | Q(for_children=False, is_monthly=False),
                name="colour_scheme_register_plain",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SchemeColour(models.Model):
    """One colour of a scheme: its word, every how many days somebody comes, and what a mark of it does."""

    scheme = models.ForeignKey(
        ColourScheme, on_delete=models.PROTECT, related_name="colours", verbose_name=_("色标方案")
    )
    colour = models.CharField(_("颜色"), max_length=10, choices=Colour.choices)
    word = models.CharField(_("含义"), max_length=20)
    visit_days = models.PositiveSmallIntegerField(_("每几天走访一次"), null=True, blank=True)
    effect = models.CharField(_("作用"), max_length=10, choices=Effect.choices, default=Effect.NONE)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        ordering = ("pk",)
        verbose_name = _("色标")
        verbose_name_plural = _("色标")
        constraints = [
            models.UniqueConstraint(fields=["scheme", "colour"], name="scheme_colour_once"),
            models.UniqueConstraint(fields=["scheme", "word"], name="scheme_word_once"),
            models.CheckConstraint(condition=Q(word__gt=""), name="scheme_colour_has_word"),
            models.CheckConstraint(
                condition=Q(visit_days=None) | Q(visit_days__gte=1, visit_days__lte=366),
                name="scheme_colour_within_a_year",
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """Scheme, colour and word together; reads `scheme`."""
        return f"{self.scheme.name} · {self.get_colour_display()} · {self.word}"

    @property
    def is_silencing(self) -> bool:
        return self.effect in SILENCING

    def is_above(self, other: SchemeColour) -> bool:
        """Whether somebody of this colour is visited more often than of the other one."""
        return (self.visit_days or 1000) < (other.visit_days or 1000)
