"""What the refusals of the database mean, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core import constraints


def register_refusals() -> None:
    """Say what the database's refusals mean."""
    from core.errors import InvalidInputError

    for name, words in {
        "grid_name_once_per_community": _("该社区已有同名网格。"),
        "grid_building_one_active_per_tier": _("有楼栋已属于同一级别的另一个启用网格。"),
        "duty_list_name_once": _("该社区已有同名职责清单。"),
        "charge_one_worker_per_household": _("该户在此期间已有人包户。"),
        "grid_norm_once_per_tier": _("该社区这一级别已有配备标准。"),
        "entry_decided_by_somebody": _("这条记录已经处理过了。"),
        "action_plan_name_once": _("该社区已有同名的行动方案。"),
        "action_measure_number_once": _("这个方案已有同序号的举措。"),
        "action_task_number_once": _("这项举措已有同序号的任务。"),
        "festival_rule_once": _("该社区已有这个节日的规则。"),
        "errand_done_by_somebody": _("这件事已经办过了。"),
        "errand_told_once_done": _("这件事还没有办好，办好后再告知居民。"),
        "lead_ended_by_somebody": _("这条线索已经对接过了。"),
        "diary_settled_by_somebody": _("这篇日记已经处理过了。"),
        "application_one_at_a_time": _("这位居民的同一种申请正在办。"),
        "gift_campaign_name_once": _("该社区已有同名的礼包发放。"),
        "visit_purpose_once": _("该社区已有同名的走访目的。"),
        "visit_followed_by_somebody": _("这次走访没有待跟进的事，或者已经有人跟进了。"),
        "entry_keeps_nothing_once_decided": _("这条记录已经处理过了。"),
        "hazard_type_once": _("已有同名的隐患类型。"),
        "winter_plan_name_once": _("该社区已有同名的冬季安全走访。"),
        "reporting_member_once": _("这位党员已经报到。"),
        "whistle_takes_no_more": _("人已经够了，谢谢您。"),
        "emergency_one_open": _("这个网格已经在应急状态，可以延长。"),
        "emergency_team_name_once": _("该社区已有同名的队伍。"),
        "drill_once_a_day": _("这一天的演练已经登记过。"),
        "sweep_name_once": _("该社区已有同名的摸排。"),
        "campaign_name_once": _("该社区已有同名的专项整治。"),
        "e_bike_plate_once": _("这个车牌已经登记过。"),
        "patrol_one_at_a_time": _("还有一次巡查没有结束，请先结束。"),
        "check_in_once_a_patrol": _("这个点位本次巡查已经打过卡。"),
        "checkpoint_name_once": _("这个网格已有同名点位。"),
        "colour_scheme_name_once": _("该社区已有同名的色标方案。"),
        "colour_scheme_one_register": _("该社区已有信息册。"),
        "scheme_word_once": _("每个颜色的含义不能相同。"),
        "census_twice_a_year": _("该社区这半年已有一轮摸排。"),
        "referral_open_once": _("这项保障已经提请，正等决定。"),
        "care_subject_once": _("这个人已经在这个方案里了。"),
        "pairing_one_helper_a_subject": _("这个人已经有帮扶人了。"),
        "pairing_one_subject_a_helper": _("这位帮扶人已经和别人结对了。"),
        "tag_in_force_once": _("这个标记已经有了。"),
    }.items():
        constraints.register(name, words)
    for name, words in {
        "grid_parent_fits_tier": _("一级网格和专属网格直接属于社区，没有上级网格。"),
        "grid_level_3_has_parent": _("三级网格必须有一个二级网格作上级。"),
        "grid_parent_of_tier_above": _("上级网格必须是同一社区的上一级网格。"),
        "visit_by_two_where_set": _("这种走访须两人同行，请选择同行人。"),
        "visit_companion_is_another": _("同行人不能是自己。"),
        "visit_finding_is_said": _("请写明发现了什么。"),
        "festival_rule_within_two_months": _("最多提前 60 天。"),
        "need_is_somewhere": _("请写明在哪里。"),
        "need_closed_with_feedback": _("请写明怎样反馈的，没有反馈不能办结。"),
        "need_solved_by_somebody": _("请写明怎样解决的。"),
        "meter_days_in_order": _("抄完的日子、下次抄表都不能早于开始抄表。"),
        "reading_never_below_previous": _("这次读数不能小于上次读数。"),
        "gift_campaign_ends_after_start": _("止日不能早于起日。"),
        "gift_photo_where_asked": _("这次礼包发放要求拍照，请拍一张。"),
        "standing_visit_within_a_year": _("请填 1 到 366 天。"),
    }.items():
        constraints.register(name, words, InvalidInputError)
    for name, words in {
        "hazard_has_deadline_and_person": _("没有当场整改的，要写明整改时限和责任人。"),
        "hazard_photo_while_kept": _("请拍一张隐患的照片。"),
        "hazard_closed_by_recheck": _("销号要有复查照片。"),
        "hazard_rechecked_by_another": _("复查要由责任人以外的人做。"),
        "hazard_old_number_once": _("这个旧编号已经导入过了。"),
        "hazard_type_days_plausible": _("整改天数要在 1 到 365 之间。"),
        "winter_ends_after_start": _("止日要在起日以后。"),
        "winter_revisit_plausible": _("请填 1 到 60 天。"),
        "whistle_leaves_time": _("请留出 20 分钟到 7 天的时间。"),
        "plan_drill_months_plausible": _("请填 1 到 24 个月。"),
        "sweep_ends_after_start": _("止日不能早于起日。"),
        "campaign_ends_after_start": _("止日不能早于起日。"),
        "campaign_days_plausible": _("请填 1 到 90 天。"),
    }.items():
        constraints.register(name, words, InvalidInputError)
