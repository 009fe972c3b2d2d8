"""Two languages: pages in the one that was chosen, records in the community's own."""

from __future__ import annotations

import ast
import pickle
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext_lazy

from core.errors import InvalidInputError
from core.language import gettext, kept, told
from core.models import User

SIGN_IN = "/account/login/"


def choose(client: Client, language: str, **fields: str):
    return client.post("/language/", {"language": language, **fields})


@pytest.mark.django_db
class TestSwitch:
    def test_language_is_remembered_for_a_year_on_this_device(self, client: Client):
        response = choose(client, "en", next=SIGN_IN)

        cookie = response.cookies["language"]
        assert (response["Location"], cookie.value, cookie["max-age"]) == (SIGN_IN, "en", 31536000)
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")

    def test_pages_say_their_language(self, client: Client):
        choose(client, "en")

        page = client.get(SIGN_IN)

        assert page["Content-Language"] == "en"
        assert "Cookie" in page["Vary"]
        assert '<html lang="en">' in page.content.decode()
        assert "Sign in by phone" in page.content.decode()

    def test_chinese_comes_back(self, client: Client):
        choose(client, "en")

        choose(client, "zh-hans")

        page = client.get(SIGN_IN)
        assert page["Content-Language"] == "zh-hans"
        assert "用手机号登录" in page.content.decode()

    @pytest.mark.parametrize("wanted", ["", "fr", "en-GB", "../en", "\0"])
    def test_language_that_is_not_offered_is_chinese(self, client: Client, wanted: str):
        choose(client, wanted)

        assert client.get(SIGN_IN)["Content-Language"] == "zh-hans"

    def test_forged_cookie_is_chinese(self, client: Client):
        client.cookies["language"] = "en/../x"

        assert client.get(SIGN_IN)["Content-Language"] == "zh-hans"

    def test_preference_of_the_browser_is_not_asked(self, client: Client):
        page = client.get(SIGN_IN, headers={"accept-language": "en-US,en;q=0.9"})

        assert page["Content-Language"] == "zh-hans"

    def test_next_visitor_does_not_inherit_the_language(self, client: Client):
        choose(client, "en")
        client.get(SIGN_IN)

        assert "用手机号登录" in Client().get(SIGN_IN).content.decode()

    def test_looking_changes_nothing(self, client: Client):
        assert client.get("/language/").status_code == 405

    def test_switch_asks_for_the_token(self):
        assert choose(Client(enforce_csrf_checks=True), "en").status_code == 403

    def test_way_back_leads_nowhere_else(self, client: Client):
        assert choose(client, "en", next="https://elsewhere.example/")["Location"] == "/"

    def test_every_page_offers_the_other_language(self, client: Client):
        assert '<input type="hidden" name="language" value="en">' in client.get(SIGN_IN).content.decode()
        assert (
            '<input type="hidden" name="language" value="en">' in client.get("/admin/login/").content.decode()
        )

    def test_account_remembers_the_language(self, client: Client, resident: User):
        client.force_login(resident)

        choose(client, "en")

        resident.refresh_from_db()
        assert resident.language == "en"

    def test_programs_are_answered_in_chinese(self, client: Client):
        choose(client, "en")

        answer = client.get("/api/v1/petitions/")

        assert answer.status_code in {401, 403}
        assert "en" not in answer.get("Content-Language", "")

    def test_page_of_a_refusal_is_in_english(self, client: Client):
        choose(client, "en")

        page = client.get("/p/forged/")

        assert "The link" in page.content.decode()


@pytest.mark.django_db
class TestCache:
    CACHED = {
        "/diecui/": ("即将开通", "Coming soon"),
        "/diecui/wall/": ("这里还没有回音", "No answers here yet"),
        "/diecui/problems/": ("现在没有等着答复的事", "Nothing is waiting for an answer"),
    }
    """Words of the part that is cached."""

    @pytest.mark.parametrize("path", CACHED)
    @pytest.mark.parametrize("first", ["en", "zh-hans"])
    def test_cached_page_of_one_language_is_not_shown_in_the_other(self, diecui, path: str, first: str):
        visitors = {language: Client() for language in ("en", "zh-hans")}
        for language, visitor in visitors.items():
            choose(visitor, language)
        pages = {}
        for language in sorted(visitors, key=lambda one: one != first):
            visitors[language].get(path)
            pages[language] = visitors[language].get(path).content.decode()

        chinese, english = self.CACHED[path]
        assert chinese in pages["zh-hans"]
        assert english not in pages["zh-hans"]
        assert english in pages["en"]
        assert chinese not in pages["en"]


class TestRecords:
    def test_words_are_kept_in_the_communitys_language(self):
        with translation.override("en"):
            words = gettext("暂停计时：%s") % "等材料"

        assert str(words) == "暂停计时：等材料"

    def test_labels_among_them_too(self):
        with translation.override("en"):
            words = gettext("这件诉求已%s，只能查看，不能再改。") % gettext_lazy("归档")

            assert str(words) == "这件诉求已归档，只能查看，不能再改。"
            assert kept(gettext_lazy("归档")) == "归档"

    def test_refusal_is_told_in_the_language_of_the_page(self):
        with translation.override("en"):
            refusal = InvalidInputError(gettext("请填写%s。") % gettext("暂停原因"))

            assert refusal.message == "Please fill in: Reason for pausing."
        assert refusal.message == "请填写暂停原因。"
        assert str(refusal) == "请填写暂停原因。"

    def test_number_among_the_words_is_told(self):
        with translation.override("en"):
            assert told(gettext("最多上传 %d 张照片。") % 6) == "At most 6 photos."
            assert told(gettext("%(number)s 移交给您：%(reason)s") % {"number": "1", "reason": "x"}) == (
                "1 was handed to you: x"
            )

    def test_kept_words_travel_as_plain_text(self):
        words = pickle.loads(pickle.dumps(gettext("最多上传 %d 张照片。") % 6))

        assert type(words) is str

    def test_actions_take_their_words_from_here(self):
        """A rule for every module that writes; what only labels a page is excused by name."""
        shown = {"core/actions/retention.py"}
        modules = [
            path
            for app in ("core", "community", "grids", "petitions")
            for path in Path(settings.BASE_DIR, app, "actions").rglob("*.py")
        ]
        wrong = [
            str(path.relative_to(settings.BASE_DIR))
            for path in modules
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
            if any(name.name in {"gettext", "ngettext"} for name in node.names)
        ]

        assert set(wrong) <= shown

    def test_notices_speak_the_communitys_language(self):
        """Every function of a notices module that makes sentences does so in house."""
        wrong = [
            f"{path.name}: {function.name}"
            for path in Path(settings.BASE_DIR).glob("*/*notices.py")
            for function in ast.parse(path.read_text()).body
            if isinstance(function, ast.FunctionDef) and not function.name.startswith("_")
            if any(
                isinstance(node, ast.Call) and ast.unparse(node.func) == "_" for node in ast.walk(function)
            )
            if "in_house" not in {ast.unparse(mark) for mark in function.decorator_list}
        ]

        assert wrong == []
