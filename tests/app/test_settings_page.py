"""The Settings page as Streamlit runs it: nodes kept, tested, removed; transfers shown."""

import os
from pathlib import Path

import pytest
from app_samples import add_sample_exam
from streamlit.testing.v1 import AppTest

from core.domain import InputError
from core.language import text
from core.transfer.queue import Queue, queue_folder
from core.transfer.records import JobState, Trouble
from core.workstation.nodes import Node, parse_node
from core.workstation.settings import Settings, TlsFiles, load_settings, save_settings

MAIN = Path(__file__).resolve().parents[2] / "app" / "main.py"
PACS = Node(name="PACS", ae_title="PACS", host="127.0.0.1", port=1)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ECHOLAB_DEMO", "0")
    return Path(os.environ["ECHOLAB_HOME"])


def open_settings(part: str = "transfers", *, lang: str = "en") -> AppTest:
    app = AppTest.from_file(str(MAIN), default_timeout=240).run()
    app.switch_page("../pages/settings.py")
    app.session_state["language"] = lang
    app.session_state["station.part"] = part
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    found = [*app.markdown, *app.info, *app.caption, *app.error, *app.success, *app.warning]
    return "\n".join(str(each.value) for each in found).replace("\\", "")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_each_part_opens_in_either_language(home: Path, lang: str):
    app = open_settings(lang=lang)
    assert text("transfer.none", lang) in said(app)
    app = open_settings("nodes", lang=lang)
    assert text("station.nodes.none", lang) in said(app)
    app = open_settings("own", lang=lang)
    assert text("station.state.elsewhere", lang) in said(app)


def test_a_node_is_added_and_a_wrong_one_is_refused_with_a_line(home: Path):
    app = open_settings("nodes")
    app.text_input(key="node..0.name").set_value("Archive")
    app.text_input(key="node..0.title").set_value("PACS")
    app.text_input(key="node..0.host").set_value("192.0.2.7")
    app.button(key="node..0.save").click().run()
    assert not app.exception
    (node,) = load_settings(home).nodes
    assert (node.name, node.address) == ("Archive", "PACS@192.0.2.7:104")
    assert "PACS@192.0.2.7:104" in said(app)
    app.text_input(key="node..1.name").set_value("Archive")
    app.text_input(key="node..1.title").set_value("PACS")
    app.text_input(key="node..1.host").set_value("192.0.2.8")
    app.button(key="node..1.save").click().run()
    assert "a node named Archive is there already" in said(app)
    assert len(load_settings(home).nodes) == 1


def test_the_test_of_a_connection_says_what_is_wrong(home: Path):
    save_settings(Settings(nodes=(PACS,)), home)
    app = open_settings("nodes")
    app.button(key="test.PACS").click().run()
    assert text("transfer.trouble.unreachable", "en") in said(app)
    app.button(key="remove.PACS").click().run()
    assert load_settings(home).nodes == ()


def test_a_waiting_job_shows_why_and_is_cancelled_and_taken_up_again(home: Path):
    with Queue(queue_folder(home)) as queue:
        job = queue.ask("sample", PACS, want={"kinds": "pdf", "lang": "en"})
        app = open_settings()
        assert text("transfer.state.preparing", "en") in said(app)
        app.button(key=f"cancel.{job}").click().run()
        assert queue.job(job).state is JobState.CANCELLED
        assert text("transfer.state.cancelled", "en") in said(app)
        app.button(key=f"retry.{job}").click().run()
        assert queue.job(job).state is JobState.PREPARING
        queue.not_prepared(job, "Exam sample has no analysis yet", again=False)
        app.run()
        assert "Exam sample has no analysis yet" in said(app)
        assert queue.job(job).trouble is Trouble.PREPARE


def test_the_report_page_asks_for_an_exam_to_be_sent(home: Path):
    add_sample_exam(home)
    save_settings(Settings(nodes=(PACS,)), home)
    app = AppTest.from_file(str(MAIN), default_timeout=240).run()
    app.switch_page("../pages/report.py").run()
    assert not app.exception
    app.button(key="send.now").click().run()
    assert not app.exception
    with Queue(queue_folder(home)) as queue:
        (job,) = queue.jobs()
    assert (job.exam_id, job.node.name, job.want["kinds"]) == ("sample", "PACS", "pdf,sr,clips")


# The settings themselves


def test_settings_are_kept_as_they_were(tmp_path: Path):
    settings = Settings(
        ae_title="ROOM2",
        listen=True,
        nodes=(PACS, parse_node("CART@[::1]:104", tls=True)),
        send=("pdf",),
        send_back="PACS",
        quiet_s=30,
    )
    assert save_settings(settings, tmp_path) == settings == load_settings(tmp_path)
    assert load_settings(tmp_path / "none") == Settings()
    assert settings.without_node("PACS").send_back == ""


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"ae_title": "x" * 17}, "AE title"),
        ({"port": 0}, "port 0"),
        ({"quiet_s": 0.1}, "quiet time"),
        ({"send": ("fax",)}, "'fax' cannot be sent"),
        ({"send_back": "nobody"}, "no such node"),
        ({"tls": TlsFiles(authority="/nowhere.pem")}, "no such file"),
        ({"listen_tls": True}, "TLS"),
    ],
)
def test_settings_that_cannot_work_are_refused_with_a_line(tmp_path: Path, changed, words: str):
    with pytest.raises(InputError, match=words) as refused:
        save_settings(Settings(**changed), tmp_path)
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "workstation.json").exists()


@pytest.mark.parametrize(
    "given", ["", "PACS", "PACS@host", "@h:1", "P@h:0", "P@h:70000", "P@h o:1"]
)
def test_an_address_that_is_none_is_refused(given: str):
    with pytest.raises(InputError):
        parse_node(given)


def test_damaged_settings_are_said(tmp_path: Path):
    (tmp_path / "workstation.json").write_text("{")
    with pytest.raises(InputError, match="cannot be read"):
        load_settings(tmp_path)
    (tmp_path / "workstation.json").write_text('{"nodes": [{"name": 1}]}')
    with pytest.raises(InputError):
        load_settings(tmp_path)
