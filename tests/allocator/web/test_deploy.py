"""The files of docs/deploy are read as their readers read them, and say what exists."""

from __future__ import annotations

import configparser
import datetime as dt
import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from allocator.web.settings import UPLOAD, proxy_of
from parsed import found as named
from parsed import parses

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "docs" / "deploy"
PAGE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
COMMON_NAME = NameOID.COMMON_NAME
SBIN = f"{os.environ.get('PATH', '')}:/usr/sbin"
UNITS = sorted(FOLDER.glob("*.service"))


def data_of(line: list[str]) -> Path:
    """The folder whose files a job may name."""
    return Path(line[line.index("--data") + 1])


def kept(text: str) -> list[Path]:
    """Where a server's environment says that database and secret lie."""
    found = re.findall(
        r"^ *(?:ENV .*)?ALLOCATOR_(?:DATABASE_URL=sqlite:///|SECRET_FILE=)(\S+)", text, re.M
    )
    return [Path(one) for one in found]


def unit(file: Path) -> dict[str, list[tuple[str, str]]]:
    """section -> (key, value) pairs; a key may stand there twice."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
            found[section] = []
        elif line and not line.startswith("#"):
            key, sign, value = line.partition("=")
            assert sign, line
            found[section].append((key, value))
    return found


@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.name)
def test_units_start_commands_that_exist_without_secrets_and_rights(file: Path) -> None:
    service = unit(file)["Service"]
    commands = [value for key, value in service if key == "ExecStart"]
    assert commands
    for line in commands:
        words = shlex.split(line)
        assert words[0] == "/usr/local/bin/allocator"
        parses(["allocator", *words[1:]])
        assert "://" not in line  # a database's URL holds a password
    settings = dict(service)
    assert settings["User"] == "allocator"
    assert settings["NoNewPrivileges"] == "yes"
    assert settings["ProtectSystem"] == "strict"
    assert settings["UMask"] == "0077"


@pytest.mark.skipif(  # a second opinion, which no wheel brings: tests above read the units alone
    not shutil.which("systemd-analyze"), reason="no systemd here; the tests above read the units"
)
@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.name)
def test_systemd_knows_every_key(file: Path, tmp_path: Path) -> None:
    copy = tmp_path / file.name
    text = file.read_text(encoding="utf-8").replace(
        "/usr/local/bin/allocator", shutil.which("true") or ""
    )
    copy.write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(copy)],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    said = [line for line in done.stderr.splitlines() if file.name in line]
    assert not [line for line in said if "nknown" in line or "ailed to parse" in line], said


@pytest.mark.skipif(  # a second opinion: no wheel brings nginx
    not shutil.which("nginx", path=SBIN), reason="no nginx here to read its file"
)
def test_nginx_takes_its_file(tmp_path: Path) -> None:
    text = (FOLDER / "nginx.conf").read_text(encoding="utf-8")
    for place, name in (("/etc/ssl/certs", "cert"), ("/etc/ssl/private", "key")):
        assert place in text
        text = re.sub(rf"{place}/\S+;", f"{tmp_path / name}.pem;", text)
    doors = iter("abcd")  # it takes them even for a test: ports are for root
    text = re.sub(r"listen [^ ;]+", lambda _: f"listen unix:{tmp_path}/{next(doors)}", text)
    _certificate(tmp_path / "cert.pem", tmp_path / "key.pem")
    (tmp_path / "site.conf").write_text(text, encoding="utf-8")
    whole = f"pid {tmp_path}/pid; events {{}} http {{ access_log off; include site.conf; }}"
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
    nginx = shutil.which("nginx", path=SBIN) or ""
    done = subprocess.run(
        [nginx, "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", "stderr"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def _certificate(cert: Path, key: Path) -> None:
    """One that signs itself, for a day."""
    now, name = dt.datetime.now(dt.UTC), x509.Name([x509.NameAttribute(COMMON_NAME, "a")])
    own = ec.generate_private_key(ec.SECP256R1())
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(own.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now).not_valid_after(now + dt.timedelta(days=1))
        .sign(own, hashes.SHA256())
    )  # fmt: skip
    cert.write_bytes(made.public_bytes(Encoding.PEM))
    kind = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    key.write_bytes(own.private_bytes(*kind))


def test_the_timer_is_one() -> None:
    timer = unit(FOLDER / "allocator-nightly.timer")
    assert dict(timer["Timer"])["OnCalendar"].endswith("UTC")


def variables(text: str) -> set[str]:
    return set(re.findall(r"ALLOCATOR_[A-Z_]+", text))


def test_every_variable_that_is_named_is_read() -> None:
    program = "\n".join(
        file.read_text(encoding="utf-8") for file in (ROOT / "allocator").rglob("*.py")
    )
    read = variables(program)
    for file in (*FOLDER.iterdir(), ROOT / "docs" / "deploy.md", ROOT / "docs" / "security.md"):
        unknown = variables(file.read_text(encoding="utf-8")) - read
        assert not unknown, f"{file.name}: {unknown}"
    told = variables(PAGE) | variables((FOLDER / "environment").read_text(encoding="utf-8"))
    of_the_server = {name for name in read if name != "ALLOCATOR_TOKEN"}
    assert of_the_server <= told


def test_the_environment_is_one_that_the_server_takes() -> None:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    text = (FOLDER / "environment").read_text(encoding="utf-8")
    parser.read_string("[all]\n" + text)
    said = dict(parser["all"])
    assert said["ALLOCATOR_PUBLIC_URL"].startswith("https://")
    proxy = proxy_of(said)
    assert proxy is not None
    assert (proxy.peers, proxy.header) == (("127.0.0.1",), "")
    assert "sslmode=verify-full" in text


def test_no_job_may_name_the_database_or_the_secret() -> None:
    container = (FOLDER / "Containerfile").read_text(encoding="utf-8")
    environment = (FOLDER / "environment").read_text(encoding="utf-8")
    started = dict(unit(FOLDER / "allocator.service")["Service"])["ExecStart"]
    ran = json.loads(container.replace("\\\n", " ").rpartition("CMD ")[2])
    for text, line in ((environment, shlex.split(started)), (container, ran)):
        files = kept(text)
        assert len(files) == 2
        assert not [file for file in files if file.is_relative_to(data_of(line))]


def test_nginx_replaces_what_the_app_believes() -> None:
    text = (FOLDER / "nginx.conf").read_text(encoding="utf-8")
    lines = [line.strip() for line in text.splitlines() if not line.strip().startswith("#")]
    assert text.count("{") == text.count("}")
    assert all(line.endswith((";", "{", "}")) for line in lines if line)
    set_to = dict(re.findall(r"proxy_set_header (\S+) (\S+);", text))
    assert set_to["Host"] == "$host"
    assert set_to["X-Forwarded-For"] == "$remote_addr"
    assert set_to["X-Forwarded-Email"] == set_to["X-Proxy-Secret"] == '""'
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in lines
    assert re.findall(r"client_max_body_size (\d+)m;", text) == [str(UPLOAD // 10**6)]
    plain = text.partition("listen 443")[0]
    assert "location /api/ { return 403; }" in plain


def test_the_container_runs_a_command_that_exists_as_nobody() -> None:
    text = (FOLDER / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    steps = [line.split(None, 1) for line in text.splitlines() if line and line[0] != "#"]
    known = {"FROM", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "ENV", "EXPOSE", "HEALTHCHECK",
             "ENTRYPOINT", "CMD"}  # fmt: skip
    assert {step for step, _ in steps} <= known
    told = dict(steps)
    assert told["USER"].isdigit()
    parses([*json.loads(told["ENTRYPOINT"]), *json.loads(told["CMD"])])
    assert told["EXPOSE"] == "8080"
    assert told["HEALTHCHECK"].count("/healthz") == 1


def test_every_file_is_on_the_page_and_the_other_way_round() -> None:
    linked = set(re.findall(r"\]\(deploy/([\w.-]+)\)", PAGE))
    assert linked == {file.name for file in FOLDER.iterdir()}


def test_commands_in_sentences_exist() -> None:
    """With all they need, or as a bare name: `allocator user disable`."""
    found = [shlex.split(line) for line in re.findall(r"`(allocator [^`]+)`", PAGE)]
    assert len(found) >= 8
    for words in found:
        if named(words)[1]:
            parses(words)
