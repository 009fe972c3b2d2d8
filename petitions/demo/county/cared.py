"""Whom the county's grid workers know of: 信息册, 关爱台账, 代办; and what 专项整治 made of its hazards.

All follows from the keys, so the database writes it. What the sweeps would have told of is in the past.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.utils import timezone

from grids.care_days import month_of
from grids.models import (
    Campaign,
    CareMonth,
    CareSubject,
    CareVisit,
    ColourChange,
    ColourScheme,
    Errand,
    HelperPairing,
    ResidentTag,
    SchemeColour,
    Violation,
)
from petitions.demo.county.field import run

MODELS: Final = (
    *(ColourScheme, SchemeColour, ResidentTag, CareSubject, ColourChange, HelperPairing),
    *(CareVisit, CareMonth, Errand, Campaign, Campaign.types.through, Violation),
)
_BEHIND_DOORS: Final = """
    SELECT resident.id, resident.standing, resident.is_tenant, post.user_id, grid.community_id
    FROM grids_householdcharge charge
    JOIN community_post post ON post.id = charge.post_id
    JOIN grids_grid grid ON grid.place_id = post.place_id
    JOIN community_resident resident ON resident.household_id = charge.household_id
"""
"""Everybody on the roll, with whose hands their door is in."""
_MARKS: Final = f"""
    INSERT INTO grids_residenttag
        (resident_id, colour_id, since_on, recheck_on, note, marked_at, marked_by_id, end_reason)
    SELECT known.id, colour.id, since.day,
        CASE colour.effect WHEN 'tenant' THEN %(today)s::date + 1 + (known.id %% 300)::int END,
        CASE colour.effect WHEN 'none' THEN '独居老人' ELSE '' END,
        (since.day + time '10:30') AT TIME ZONE %(zone)s, known.user_id, ''
    FROM ({_BEHIND_DOORS}) known
    JOIN grids_colourscheme scheme ON scheme.community_id = known.community_id AND scheme.kind = 'register'
    JOIN grids_schemecolour colour ON colour.scheme_id = scheme.id AND (
        colour.effect = known.standing
        OR known.standing = 'present' AND (colour.effect = 'tenant' AND known.is_tenant
            OR colour.effect = 'none' AND known.id %% 25 = 7))
    CROSS JOIN LATERAL (SELECT %(today)s::date - 1 - (known.id %% 300)::int AS day) since
    ORDER BY known.id, colour.id
"""
_SCHEMES: Final = """
    WITH made AS (
        INSERT INTO grids_colourscheme (community_id, kind, name, for_children, is_monthly, is_active)
        SELECT place_id, 'care', '一月一访', false, true, true FROM community_community ORDER BY place_id
        RETURNING id
    )
    INSERT INTO grids_schemecolour (scheme_id, colour, word, visit_days, effect, is_active)
    SELECT made.id, shipped.colour, shipped.word, shipped.days, 'none', true
    FROM made CROSS JOIN (VALUES ('yellow', '要多走访', 35), ('green', '平稳', 60))
        AS shipped (colour, word, days)
    ORDER BY made.id, shipped.days
"""
_SUBJECTS: Final = f"""
    INSERT INTO grids_caresubject (resident_id, scheme_id, colour_id, opened_at, opened_by_id, close_reason)
    SELECT known.id, scheme.id, colour.id, (%(first)s::date + time '09:30') AT TIME ZONE %(zone)s,
        known.user_id, ''
    FROM ({_BEHIND_DOORS}) known
    JOIN grids_colourscheme scheme ON scheme.community_id = known.community_id AND scheme.kind = 'care'
    JOIN grids_schemecolour colour ON colour.scheme_id = scheme.id
        AND colour.colour = CASE WHEN known.id %% 4 = 0 THEN 'yellow' ELSE 'green' END
    WHERE known.standing = 'present' AND known.id %% 60 = 7
    ORDER BY known.id
"""
_CHANGES: Final = """
    INSERT INTO grids_colourchange (subject_id, after_id, is_upward, reason, by_id, at)
    SELECT id, colour_id, false, '入户摸排时列入。', opened_by_id, opened_at
    FROM grids_caresubject ORDER BY id
"""
_MONTHS: Final = """
    INSERT INTO grids_caremonth (subject_id, month, visited_on, missed_at)
    SELECT subject.id, months.month,
        CASE WHEN NOT missed.was AND seen.day < %(today)s::date THEN seen.day END,
        CASE WHEN missed.was THEN (months.month + interval '1 month 8 hours') AT TIME ZONE %(zone)s END
    FROM grids_caresubject subject
    CROSS JOIN (
        SELECT generate_series(%(first)s::timestamp, %(month)s::timestamp, interval '1 month')::date AS month
    ) months
    CROSS JOIN LATERAL (SELECT months.month + (subject.id %% 18)::int AS day) seen
    CROSS JOIN LATERAL (
        SELECT months.month < %(month)s::date - 45
            AND (subject.id + extract(month FROM months.month)::int) %% 40 = 0 AS was
    ) missed
    ORDER BY subject.id, months.month
"""
"""Everybody within the first eighteen days of each month; of forty months one was missed, none of late."""
_CARE_VISITS: Final = """
    INSERT INTO grids_carevisit (key, subject_id, visited_on, by_id, recorded_at, findings)
    SELECT md5('care ' || seen.id)::uuid, subject.id, seen.visited_on, subject.opened_by_id,
        (seen.visited_on + time '16:10') AT TIME ZONE %(zone)s,
        (ARRAY['身体尚好，药够吃。', '家里整洁，炉子通风好。', '想有人陪着说说话。'])[seen.id %% 3 + 1]
    FROM grids_caremonth seen JOIN grids_caresubject subject ON subject.id = seen.subject_id
    WHERE seen.visited_on IS NOT NULL ORDER BY seen.id
"""
_NEXT: Final = """
    UPDATE grids_caresubject SET last_on = seen.last_on, next_on = least(
        seen.last_on + colour.visit_days,
        (date_trunc('month', %(today)s::timestamp)
            + CASE WHEN seen.last_on >= %(month)s::date THEN interval '2 months' ELSE interval '1 month' END
        )::date - 1)
    FROM grids_schemecolour colour, (
        SELECT subject_id, max(visited_on) AS last_on FROM grids_caremonth GROUP BY subject_id
    ) seen
    WHERE seen.subject_id = grids_caresubject.id AND colour.id = grids_caresubject.colour_id
"""
_PAIRS: Final = """
    INSERT INTO grids_helperpairing (subject_id, helper_id, paired_at, paired_by_id, end_reason)
    SELECT DISTINCT ON (opened_by_id) id, opened_by_id, opened_at + interval '2 days', opened_by_id, ''
    FROM grids_caresubject ORDER BY opened_by_id, id
"""
"""Each worker helps one of theirs; the others have nobody yet."""
_ERRANDS: Final = """
    INSERT INTO grids_errand (key, household_id, place_id, kind, text, worker_id, taken_at, done_at,
        done_by_id, is_in_vain, result, told_at, told_by_id, told_how, reply)
    SELECT md5('errand ' || charge.household_id)::uuid, charge.household_id, post.place_id, kinds.kind,
        kinds.text, post.user_id, taken.at, done.at,
        CASE WHEN done.at IS NOT NULL THEN post.user_id END, false,
        CASE WHEN done.at IS NOT NULL THEN kinds.result ELSE '' END, done.at,
        CASE WHEN done.at IS NOT NULL THEN post.user_id END,
        CASE WHEN done.at IS NOT NULL THEN 'in_person' ELSE '' END, ''
    FROM grids_householdcharge charge
    JOIN community_post post ON post.id = charge.post_id
    JOIN (VALUES (0, 'shopping', '帮买降压药', '药已买到，和票一起送到家。'),
        (1, 'payment', '代交电费', '已交到下月，收据给了本人。'),
        (2, 'papers', '代办高龄津贴认证', '认证已通过。')
    ) AS kinds (nth, kind, text, result) ON kinds.nth = charge.household_id / 20 %% 3
    CROSS JOIN LATERAL (SELECT (%(today)s::date - 1 - (charge.household_id / 20 %% 360)::int + time '10:00')
        AT TIME ZONE %(zone)s AS at) taken
    CROSS JOIN LATERAL (
        SELECT CASE WHEN taken.at + interval '29 hours' <= %(at)s
            THEN taken.at + interval '29 hours' END AS at
    ) done
    WHERE charge.household_id %% 20 = 3 ORDER BY charge.household_id
"""
"""One in twenty doors asks for something in the year; they hear as it is brought."""
_CAMPAIGNS: Final = """
    INSERT INTO grids_campaign (community_id, name, days, starts_on, ends_on, closed_at, closed_by_id)
    SELECT home.place_id, drawn.name, 7, %(today)s::date + drawn.starts, %(today)s::date + drawn.ends,
        CASE WHEN drawn.is_over THEN (%(today)s::date - 170 + time '15:00') AT TIME ZONE %(zone)s END,
        CASE WHEN drawn.is_over THEN post.user_id END
    FROM community_community home
    JOIN community_post post ON post.place_id = home.place_id AND post.duty = 'community_secretary'
    CROSS JOIN (VALUES ('飞线充电整治', -360, -190, true), ('楼道清理', -150, 30, false))
        AS drawn (name, starts, ends, is_over)
    ORDER BY home.place_id, drawn.starts
"""
_CAMPAIGN_TYPES: Final = """
    INSERT INTO grids_campaign_types (campaign_id, hazardtype_id)
    SELECT campaign.id, type.id FROM grids_campaign campaign
    JOIN grids_hazardtype type ON type.community_id IS NULL
        AND type.name = CASE WHEN campaign.closed_at IS NULL THEN '楼道杂物堆积' ELSE '飞线充电' END
    ORDER BY campaign.id
"""
_VIOLATIONS: Final = """
    INSERT INTO grids_violation
        (hazard_id, campaign_id, plate, look_on, looks, note, cleared_at, cleared_by_id, sweep_on)
    SELECT hazard.id, campaign.id, '', look.day, CASE WHEN cleared.at IS NULL THEN 0 ELSE 1 END, '',
        cleared.at,
        CASE WHEN cleared.at IS NOT NULL THEN hazard.found_by_id END,
        CASE WHEN cleared.at IS NULL AND look.day > %(today)s::date THEN look.day END
    FROM grids_campaign campaign
    JOIN grids_campaign_types types ON types.campaign_id = campaign.id
    JOIN grids_hazard hazard ON hazard.community_id = campaign.community_id
        AND hazard.type_id = types.hazardtype_id
        AND (hazard.found_at AT TIME ZONE %(zone)s)::date BETWEEN campaign.starts_on AND campaign.ends_on
    CROSS JOIN LATERAL (
        SELECT (hazard.found_at AT TIME ZONE %(zone)s)::date + campaign.days AS day
    ) look
    CROSS JOIN LATERAL (
        SELECT CASE WHEN hazard.state IN ('closed', 'fixed') AND hazard.found_at + interval '12 days' < %(at)s
            THEN hazard.found_at + interval '12 days' END AS at
    ) cleared
    ORDER BY hazard.id
"""
"""Looked at again by whoever found them, twelve days after."""


def fill(at: datetime) -> None:
    """Marks and care of everybody on the roll, errands of a year, and two campaigns in each community."""
    today: date = timezone.localdate(at)
    month = month_of(today)
    first = month.replace(year=month.year - 1)
    run(_MARKS, today=today)
    run(_SCHEMES)
    run(_SUBJECTS, first=first)
    run(_CHANGES)
    run(_MONTHS, first=first, month=month, today=today)
    run(_CARE_VISITS, today=today)
    run(_NEXT, month=month, today=today)
    run(_PAIRS)
    run(_ERRANDS, today=today, at=at)
    run(_CAMPAIGNS, today=today)
    run(_CAMPAIGN_TYPES)
    run(_VIOLATIONS, today=today, at=at)
