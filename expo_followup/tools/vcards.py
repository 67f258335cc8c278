"""Cards for the address book of a phone."""


def serialize_card(card, with_photo=True):
    r"""Return a ``vobject`` card as UTF-8.

    :param bool with_photo: without a picture core puts a drawing of the initials, which no phone shows

    >>> import vobject
    >>> card = vobject.vCard()
    >>> card.add("fn").value = "王伟"
    >>> card.add("n").value = vobject.vcard.Name(family="王伟")
    >>> card.add("photo").value = "drawing"
    >>> "王伟" in serialize_card(card).decode(), b"PHOTO" in serialize_card(card, with_photo=False)
    (True, False)
    """
    if not with_photo and "photo" in card.contents:
        del card.contents["photo"]
    return card.serialize().encode()
