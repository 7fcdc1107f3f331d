"""What an envelope of the vault is for: part of its key's id and of its associated data."""

PROOFS = "proofs"  # what a request claims: an answer, a NUMEN, an identity
CONTACT = "contact"  # the phone number or the mail address that a message goes to
NOTICE = "notice"  # the work address that is told of a replacement
IDENTIFIER = "identifier"  # a new identifier, until its message is sent
NEW_HASH = "new-hash"
LETTER = "letter"  # a letter to the support desk
