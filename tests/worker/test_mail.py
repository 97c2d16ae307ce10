"""Confirmations by e-mail: from the order through the outbox to a real SMTP server."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from email.policy import default
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from skill.household.service import Households
from skill.orders.ports import Item
from skill.settings import Settings
from skill.storage.database import Database
from skill.storage.outbox import BACK_OFF, Outbox
from skill.worker.delivery import Undeliverable
from skill.worker.mail import SmtpMail
from tests.orders.home import MILK, Home
from tests.servers import free_port

SENDER = "Corner Shop <orders@shop.example>"


class Mailbox:
    """What arrived; `answer` is what the server says to a recipient or a letter."""

    def __init__(self) -> None:
        self.letters: list[Message] = []
        self.recipient_answer = "250 OK"
        self.data_answer = "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.data_answer.startswith("250"):
            self.letters.append(message_from_bytes(bytes(envelope.original_content or b""), policy=default))
        return self.data_answer


@pytest.fixture
def mailbox() -> Mailbox:
    """An empty mailbox."""
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[str]:
    """The address of a private SMTP server in front of the mailbox."""
    port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield f"smtp://127.0.0.1:{port}"
    controller.stop()


@pytest.fixture
def home(database: Database, server: str) -> Home:
    """The demo household, whose orders are confirmed by e-mail."""
    home = Home(database)
    home.app.settings = Settings(env="development", smtp_url=server, mail_from=SENDER)
    with database.unit(home.household_id) as unit:
        assert home.caller.member_id is not None
        Households(unit).set_email(home.caller.member_id, "anna@example.com")
    return home


def test_an_order_is_confirmed_by_one_letter_that_names_seller_items_and_total(
    home: Home, mailbox: Mailbox
) -> None:
    home.place(home.quote(Item(MILK, 2)))
    assert mailbox.letters == []
    report = home.app.work()
    assert (report.messages_sent, report.messages_failed) == (1, 0)
    home.app.work()
    [letter] = mailbox.letters
    assert letter["To"] == "anna@example.com"
    assert letter["From"] == SENDER
    [order] = home.orders()
    text = letter.get_payload()
    assert order.seller_name in str(letter["Subject"])
    assert "2 x Oatmere Original Oat Milk" in text
    for cents in (order.total_cents, order.tax_cents, order.delivery_cents):
        assert f"${cents / 100:.2f}" in text
    assert "30 minutes" in text


def test_the_letter_is_in_the_language_of_the_order(home: Home, mailbox: Mailbox) -> None:
    turn = home.turn("ReorderLastOrderIntent")
    german = replace(turn, locale="de-DE")
    asked = home.app.answer(german)
    yes = replace(home.turn("AMAZON.YesIntent", asked), locale="de-DE")
    assert home.app.answer(yes).reply.startswith("YesIntent.order_placed")
    home.app.work()
    [letter] = mailbox.letters
    assert str(letter["Subject"]).startswith("Deine Bestellung bei Corner Shop")


def test_without_an_address_nothing_is_written(home: Home) -> None:
    with home.database.unit(home.household_id) as unit:
        assert home.caller.member_id is not None
        Households(unit).set_email(home.caller.member_id, "")
    home.place(home.quote(Item(MILK, 1)))
    with home.database.reading(home.household_id) as unit:
        assert Outbox(unit).all("waiting") == []


def test_a_server_that_is_down_is_tried_again_later(home: Home, mailbox: Mailbox, server: str) -> None:
    home.place(home.quote(Item(MILK, 1)))
    home.app.settings = Settings(env="development", smtp_url="smtp://127.0.0.1:1", mail_from=SENDER)
    assert home.app.work().messages_failed == 1
    home.app.settings = Settings(env="development", smtp_url=server, mail_from=SENDER)
    assert home.app.work().messages_sent == 0
    home.now += BACK_OFF[0]
    assert home.app.work().messages_sent == 1
    assert len(mailbox.letters) == 1


@pytest.mark.parametrize(
    ("refuse", "state"),
    [
        (lambda box: setattr(box, "recipient_answer", "550 no such user"), "dead"),
        (lambda box: setattr(box, "data_answer", "554 not wanted"), "dead"),
        (lambda box: setattr(box, "recipient_answer", "450 later"), "waiting"),
        (lambda box: setattr(box, "data_answer", "451 later"), "waiting"),
    ],
    ids=["no such user", "refused letter", "busy for recipients", "busy for letters"],
)
def test_a_refusal_for_good_is_dead_and_a_passing_one_waits(
    home: Home, mailbox: Mailbox, refuse: Callable[[Mailbox], None], state: str
) -> None:
    refuse(mailbox)
    home.place(home.quote(Item(MILK, 1)))
    assert home.app.work().messages_failed == 1
    with home.database.reading(home.household_id) as unit:
        [message] = Outbox(unit).all("waiting", "dead")
    assert message.state == state
    assert "anna" not in message.last_error


@pytest.mark.parametrize(
    "payload",
    [{}, {"to": "a@b.example"}, {"to": "a@b.example", "subject": "one\nBcc: evil@b.example"}],
)
def test_a_letter_without_address_or_with_a_forged_header_is_never_sent(
    server: str, mailbox: Mailbox, payload: dict[str, str]
) -> None:
    with pytest.raises(Undeliverable):
        SmtpMail(server, SENDER)(UUID(int=1), payload)
    assert mailbox.letters == []


def test_every_attempt_has_the_same_message_id(server: str, mailbox: Mailbox) -> None:
    carrier = SmtpMail(server, SENDER)
    for _ in range(2):
        carrier(UUID(int=7), {"to": "a@b.example", "subject": "Hello", "text": "Hi"})
    assert len({letter["Message-ID"] for letter in mailbox.letters}) == 1
