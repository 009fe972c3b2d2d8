from django.apps import AppConfig
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import constraints, registries
from core.registries import inbox_only


def open_desk() -> None:
    """Which powers open which tables in the admin."""
    from community.backends import grant
    from community.duties import Power

    readers = {Power.PETITION_READ, Power.ROLL_READ}
    for model in ("place", "estate", "organisation", "talkpoint", "serviceplace"):
        grant(f"community.{model}", write={Power.PLACE_MANAGE}, view=readers)
    for model in ("community", "portalboard", "channel", "communityfact"):
        grant(f"community.{model}", write={Power.PLACE_MANAGE}, view={Power.PROFILE_MANAGE})
    for model in ("workflowprofile", "categorysetting"):
        grant(f"community.{model}", write={Power.PROFILE_MANAGE}, view=())
    for model in ("household", "resident"):
        grant(f"community.{model}", write={Power.ROLL_MANAGE}, view={Power.ROLL_READ})
    grant("community.serviceitem", write={Power.GUIDE_MANAGE}, view=())
    importers = {Power.ROLL_MANAGE, Power.PLACE_MANAGE, Power.POST_MANAGE, Power.HISTORY_IMPORT}
    grant("community.sheetimport", write=importers, view=())
    grant("community.listexport", view=Power)
    grant("community.post", write={Power.POST_MANAGE}, view=())
    grant("core.user", write={Power.POST_MANAGE}, view=())
    grant("core.auditentry", view={Power.AUDIT_READ})
    grant("core.sensitiveaccess", view={Power.AUDIT_READ})
    grant("core.outboxmessage", view={Power.MESSAGE_MANAGE})
    grant("core.dayoverride", write={Power.CALENDAR_MANAGE}, view={Power.PROFILE_MANAGE}, binds_all=True)


def register_imports() -> None:
    """What can come in from Excel."""
    from community.imports import organisations, posts, roll, venues
    from community.sheet_kinds import import_kinds

    kinds = (roll.ROLL, organisations.ORGANISATIONS, posts.POSTS, venues.VENUES)
    for order, kind in enumerate(kinds):
        import_kinds.register(kind.code, kind, order=order)


def register_retention() -> None:
    """Numbers that were typed at sign-in and never confirmed."""
    from community.actions import list_exports_expire, resident_accounts_sweep, sheet_imports_expire

    unconfirmed = registries.Retention(
        _("登录时填过、没有验证的手机号"),
        _("等验证码"),
        lambda _community: gettext("1 天"),
        lambda at: resident_accounts_sweep(at=at),
    )
    registries.retentions.register("community.accounts", unconfirmed, order=130)
    exports = registries.Retention(
        _("工作人员导出的名册等表格"),
        _("下载；谁导出过什么、为什么，另外留痕"),
        lambda _community: gettext("1 天"),
        lambda at: list_exports_expire(at=at),
    )
    registries.retentions.register("community.exports", exports, order=125)
    imports = registries.Retention(
        _("工作人员导入的表格"),
        _("检查和导入；改好错行再导"),
        lambda _community: gettext("1 天"),
        lambda at: sheet_imports_expire(at=at),
    )
    registries.retentions.register("community.imports", imports, order=126)


def register_personal() -> None:
    """The roll: kept by rule while somebody lives there, so it is shown and not erased from here."""
    from community.selectors.accounts import place_of, roll_of

    heads = {
        "name": _("姓名"),
        "phone": _("手机号"),
        "door": _("住址"),
        "is_tenant": _("租户"),
        "refuses_messages": _("不愿接收消息"),
    }
    why = _("社区依规定登记在住居民；搬走或写错了，请告诉社区更正，不随账号删除")
    roll = registries.PersonalSource(_("住户名册"), why, heads, roll_of)
    registries.personal_sources.register("community.roll", roll, order=20)
    registries.account_places.register("community.place", place_of)


class CommunityConfig(AppConfig):
    name = "community"
    verbose_name = _("社区")

    def ready(self) -> None:
        """Say what the database's refusals mean, who sees what, and who may no longer be written to."""
        from community import notices
        from community.models.guide import NEEDED
        from community.selectors.accounts import SIGN_IN_CODE, exported, silenced
        from core.errors import InvalidInputError

        constraints.register("post_one_holder_per_grid", _("该网格在此期间已有人担任这一职务。"))
        constraints.register("post_ends_after_start", _("任职止日不能早于起日。"))
        constraints.register("post_employment_of_the_crew", _("只有网格长、网格员和辅助网格员分专职、兼职。"))
        constraints.register("place_name_once_per_parent", _("同一上级下已有同名地点。"))
        constraints.register("household_once_per_door", _("该楼栋（单元）已有此户号。"))
        constraints.register("organisation_name_once", _("该社区已有同名组织机构。"))
        constraints.register("talk_point_one_per_building", _("该楼栋已有楼栋码。"))
        constraints.register("service_item_title_once", _("指南里已有同名事项。"))
        for name, (_rule, sentence) in NEEDED.items():
            constraints.register(f"service_item_active_has_{name}", sentence, InvalidInputError)
        open_desk()
        inbox_only(notices.KINDS)
        registries.message_policies.register(SIGN_IN_CODE, registries.MessagePolicy(_("登录验证码")))
        registries.delivery_checks.register("community.silenced", silenced)
        registries.access_kinds.register("list.export_asked", _("导出清单"), order=20)
        registries.access_kinds.register("list.export_unmasked", _("导出清单（完整手机号）"), order=21)
        registries.subject_names.register("community.listexport", exported)
        register_imports()
        register_retention()
        register_personal()
