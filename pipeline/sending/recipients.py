"""Whom a letter goes to: which addresses can be used, and which of them are one and the same."""

from collections.abc import Sequence
from email.errors import MessageError
from email.headerregistry import Address
from typing import NamedTuple


class Refusal(NamedTuple):
    """An address that a letter does not reach, and why: a Russian clause."""

    address: str
    reason: str


def sorted_out(addresses: Sequence[str]) -> tuple[list[str], list[Refusal]]:
    """Usable addresses, each mailbox once as it was first written, and the others with their reasons."""
    usable: dict[str, str] = {}
    refusals = []
    for address in addresses:
        try:
            checked = checked_address(address)
        except ValueError as error:
            refusals.append(Refusal(address, str(error)))
        else:
            usable.setdefault(mailbox(checked), checked)
    return list(usable.values()), refusals


def checked_address(text: str) -> str:
    """The address as a mail server wants it, all ASCII. Raises ValueError with a Russian clause."""
    try:
        address = Address(addr_spec=text.strip())
        domain = address.domain.encode("idna").decode("ascii")
    except (MessageError, ValueError, IndexError):
        raise ValueError("это не адрес электронной почты") from None
    if not address.username or not domain or "." not in domain:
        raise ValueError("это не адрес электронной почты")
    return Address(username=address.username, domain=domain).addr_spec


def mailbox(address: str) -> str:
    """Equal for addresses of one mailbox: neither the case of a letter nor the spelling of a Cyrillic domain makes it
    another one. (By the standard the part before «@» may differ by its case alone; no server in use takes it so.)"""
    try:
        address = checked_address(address)
    except ValueError:
        address = address.strip()
    return address.casefold()
