"""What the ways in must remember: the same laws in memory, SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.services.stored import ErasureRequest, Invitation, Passkey, StaffAccount, Tries

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=5)


def test_what_is_kept_is_taken_once_and_only_in_time(storage):
    with storage() as uow:
        uow.doors.keep(b"a", {"x": 1}, until=SOON)
        uow.doors.keep(b"a", {"x": 2}, until=SOON)
        uow.doors.keep(b"b", {"x": 3}, until=NOW)
        uow.commit()
    with storage() as uow:
        assert uow.doors.kept(b"a", now=NOW) == {"x": 2}
        assert uow.doors.take(b"a", now=NOW) == {"x": 2}
        assert uow.doors.take(b"a", now=NOW) is None
        assert uow.doors.take(b"b", now=NOW) is None


def test_a_passkey_is_found_counted_and_removed_by_its_owner_only(storage):
    with storage() as uow:
        ana = uow.staff.add(StaffAccount(0, "Ana", "lead", "x", NOW)).id
        bo = uow.staff.add(StaffAccount(0, "Bo", "lead", "x", NOW)).id
        uow.doors.add_passkey(Passkey(b"k", ana, b"public", 1, "PC", NOW))
        uow.doors.passkey_used(b"k", count=2, at=SOON)
        assert uow.doors.passkey(b"k") == Passkey(b"k", ana, b"public", 2, "PC", NOW, SOON)
        assert not uow.doors.remove_passkey(bo, b"k")
        assert uow.doors.passkeys_of(bo) == []
        assert uow.doors.remove_passkey(ana, b"k")
        assert uow.doors.passkeys_of(ana) == []


def test_an_invitation_ends_once(storage):
    with storage() as uow:
        uow.doors.add_invitation(Invitation(b"t", "Cy", "lead", "Ana", NOW, SOON))
        assert uow.doors.invitation(b"t").name == "Cy"
        assert uow.doors.end_invitation(b"t")
        assert not uow.doors.end_invitation(b"t")
        assert uow.doors.invitations() == []


def test_failures_of_an_address_are_counted_and_forgotten(storage):
    with storage() as uow:
        uow.doors.save_tries("192.0.2.1", Tries(3, NOW))
        uow.doors.save_tries("192.0.2.1", Tries(4, NOW, SOON))
        assert uow.doors.tries("192.0.2.1") == Tries(4, NOW, SOON)
        assert uow.doors.tries("192.0.2.2") is None
        uow.doors.save_tries("192.0.2.1", None)
        assert uow.doors.tries("192.0.2.1") is None


def test_a_request_to_be_forgotten_is_kept_as_it_was_first_asked(storage):
    with storage() as uow:
        uow.doors.ask_erasure(ErasureRequest("c", "PLP-1", NOW))
        uow.doors.ask_erasure(ErasureRequest("c", "PLP-1", SOON))
        assert uow.doors.erasure_requests() == [ErasureRequest("c", "PLP-1", NOW)]
        decided = ErasureRequest("c", "PLP-1", NOW, "kept", "Ada", SOON)
        uow.doors.decide_erasure(decided)
        assert uow.doors.erasure_request("c") == decided


def test_what_is_over_goes_and_what_is_not_stays(storage):
    with storage() as uow:
        uow.doors.keep(b"a", {}, until=NOW)
        uow.doors.keep(b"b", {}, until=SOON)
        uow.doors.add_invitation(Invitation(b"t", "Cy", "lead", "Ana", NOW, NOW))
        uow.doors.save_tries("192.0.2.1", Tries(1, NOW - timedelta(days=2)))
        uow.doors.save_tries("192.0.2.2", Tries(1, NOW))
        assert uow.doors.end_expired(NOW + timedelta(seconds=1)) == 3
        assert uow.doors.kept(b"b", now=NOW) == {}
        assert uow.doors.tries("192.0.2.2") == Tries(1, NOW)


def test_an_account_keeps_its_second_factor_and_its_sessions(storage):
    with storage() as uow:
        account = StaffAccount(
            0, "Ana", "lead", "x", NOW, totp_secret="SECRET", totp_last=7, recovery=("a", "b"), oidc_subject="i|s"
        )
        stored = uow.staff.add(account)
        assert uow.staff.by_name("ana").recovery == ("a", "b")
        assert uow.staff.by_subject("i|s") == stored
        assert uow.staff.by_subject("i|t") is None
        assert uow.staff.sessions_of(stored.id) == []
