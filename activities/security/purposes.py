"""What an envelope of the vault is for: part of its key's id and of its associated data."""

PROOFS = "proofs"  # what a request claims: an answer, a NUMEN, an identity
CONTACT = "contact"  # the phone number or the mail address that a message goes to
NOTICE = "notice"  # the work address that a notice goes to
IDENTIFIER = "identifier"  # a new identifier, until its message is sent
NEW_HASH = "new-hash"  # the keyed hash of a password that the voter chose
SIGN_IN_CODE = "sign-in-code"  # a sign-in's code, and the work address it goes to
LETTER = "letter"  # a letter to the support desk
