"""What the page of a recovery says for each stage: why it is so, what comes next by itself, what to tell the voter.

Each text is French; what is between braces is filled in by `console/presenters/recovery/record.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from election.procedures import Procedure
from election.stages import Stage


@dataclass(frozen=True)
class StageTexts:
    """One stage: why, what comes next by itself, and what to read aloud to the voter."""

    why: str
    following: str
    to_tell: str


_NOTHING = "Rien\u00a0: ce réassort est terminé."
_TRIED = (
    "Le portail réessaie de lui-même, à intervalles de {interval} au plus, jusqu’au {tries_end}. Si rien ne passe d’ici "
    "là, l’envoi est en échec et attend."
)
_AGAIN = "Vous pouvez faire une nouvelle demande sur le portail."
# A send that is tried again by itself, whatever its stage; the cause says why.
POSTPONED = StageTexts(
    why="",
    following=_TRIED,
    to_tell="Votre message n’est pas encore parti. Le portail réessaie de lui-même\u00a0: vous n’avez rien à refaire.",
)
# A recovery that waits for the database, whatever its stage; the cause says why.
HELD_BY_DATABASE = StageTexts(
    why="",
    following="Après une panne, un nouvel essai se fait de lui-même, en une heure au plus. Ce que la base refuse attend qu’on le relance.",
    to_tell="Votre demande est en attente, à cause d’une panne du portail. Elle est gardée\u202f; vous pouvez aussi la refaire plus tard.",
)

_LINK: Mapping[Stage, StageTexts] = {
    Stage.VERIFYING: StageTexts(
        "Ce qui a été saisi attend d’être comparé à la liste électorale.",
        "La réponse est donnée dès que la vérification est faite.",
        "Votre demande est en cours de vérification. Restez sur la page de suivi\u00a0: la réponse s’y affiche.",
    ),
    Stage.SENDING: StageTexts(
        "Le message est confié à la passerelle, qui n’a pas encore répondu.",
        "Le message part dans les secondes qui viennent.",
        "Votre lien part à l’instant, {by}. Attendez-le une minute ou deux.",
    ),
    Stage.SENT: StageTexts(
        "{taken}",
        "La personne ouvre son lien. Sans cela, il expire à l’heure dite.",
        "Votre lien est parti {by} à {accepted}. Ouvrez-le, puis appuyez sur le bouton de la page.",
    ),
    Stage.LATE: StageTexts(
        "{taken}",
        "L’accusé de réception peut encore venir. Sans clic, le lien expire à l’heure dite.",
        "Votre lien tarde. S’il n’arrive pas dans les minutes qui viennent, demandez-en un autre depuis la page de suivi\u00a0: "
        "seul le dernier fonctionne.",
    ),
    Stage.HELD: StageTexts(
        "",
        "Rien ne repart tout seul\u00a0: l’envoi attend qu’on le relance, ou que la personne fasse une autre demande.",
        "{cause} {other_way}",
    ),
    Stage.OPENED: StageTexts(
        "La personne a ouvert son lien.",
        "Le nouveau code s’affiche dès que la base de données répond.",
        "Votre lien est bien ouvert. Gardez cette page\u00a0: le nouveau code s’y affiche.",
    ),
    Stage.DISPLAYING: StageTexts(
        "La personne a ouvert son lien\u00a0: le nouveau code est à l’écran.",
        "L’affichage se ferme à {display_end}, et la messagerie professionnelle est prévenue.",
        "Votre nouveau code est affiché sur l’appareil qui a ouvert le lien. Notez-le avant {display_end}.",
    ),
    Stage.REISSUED: StageTexts(
        "Le nouveau code a été affiché.",
        _NOTHING,
        "Votre nouveau code a été affiché, et l’ancien ne fonctionne plus. Si vous ne l’avez pas noté, faites une nouvelle demande.",
    ),
    Stage.REFUSED: StageTexts(
        "La demande a été refusée, à cause de ce qui a été saisi, des dates ou d’une limite.",
        _NOTHING,
        "Votre dernière demande n’a pas pu être acceptée. Vérifiez ce que vous saisissez, puis faites une nouvelle demande.",
    ),
    Stage.EXPIRED: StageTexts(
        "Le lien n’a pas été utilisé à temps.",
        _NOTHING,
        f"Votre lien a expiré sans avoir servi. {_AGAIN}",
    ),
    Stage.CANCELLED: StageTexts(
        "Le réassort a été annulé\u00a0: par l’assistance, par un nouveau mot de passe, ou par une opposition.",
        _NOTHING,
        f"Cette demande a été annulée, et son lien ne fonctionne plus. {_AGAIN}",
    ),
}
_IDENTIFIER: Mapping[Stage, StageTexts] = {
    **_LINK,
    Stage.SENDING: StageTexts(
        _LINK[Stage.SENDING].why,
        _LINK[Stage.SENDING].following,
        "Votre identifiant part à l’instant, par SMS. Attendez-le une minute ou deux.",
    ),
    Stage.SENT: StageTexts(
        "{taken}",
        "L’accusé de réception de l’opérateur termine le réassort.",
        "Votre identifiant est parti par SMS à {accepted}. Le dernier reçu est le seul qui fonctionne.",
    ),
    Stage.LATE: StageTexts(
        "{taken}",
        "L’accusé de réception peut encore venir\u00a0: il termine le réassort.",
        "Votre SMS tarde. S’il n’arrive pas dans les minutes qui viennent, faites une autre demande, pour un autre numéro.",
    ),
    Stage.REISSUED: StageTexts(
        "Le nouvel identifiant a été envoyé.",
        _NOTHING,
        "Votre nouvel identifiant est dans le dernier SMS reçu, et l’ancien ne fonctionne plus.",
    ),
    Stage.EXPIRED: StageTexts(
        "Aucun SMS n’est arrivé. L’ancien identifiant reste valable, sauf si un opérateur avait accepté un SMS.",
        _NOTHING,
        f"Le SMS avec votre nouvel identifiant n’a pas pu arriver. {_AGAIN}",
    ),
}
_PASSWORD: Mapping[Stage, StageTexts] = {
    **_LINK,
    Stage.OPENED: StageTexts(
        "La personne a ouvert son lien et choisi un mot de passe.",
        "La page le confirme dès que la base de données répond.",
        "Votre nouveau mot de passe est en cours d’enregistrement. Gardez cette page\u00a0: elle le confirme.",
    ),
    Stage.REISSUED: StageTexts(
        "Le nouveau mot de passe a été choisi.",
        _NOTHING,
        "Votre nouveau mot de passe est enregistré, et l’ancien ne fonctionne plus.",
    ),
    Stage.REFUSED: StageTexts(
        "L’identifiant saisi n’est pas sur la liste électorale, ou son compte n’a pas de mot de passe.",
        _NOTHING,
        "Nous n’avons pas pu traiter cette demande. Vérifiez l’adresse professionnelle saisie, ou activez d’abord votre compte.",
    ),
}
_BOTH: Mapping[Stage, StageTexts] = {
    **_LINK,
    Stage.OPENED: StageTexts(
        "La personne a ouvert son lien.",
        "Le mot de passe s’affiche dès que la base de données répond\u202f; l’identifiant part ensuite.",
        "Votre lien est bien ouvert. Gardez cette page\u00a0: le mot de passe s’y affiche.",
    ),
    Stage.DISPLAYING: StageTexts(
        "La personne a ouvert son lien\u00a0: le nouveau mot de passe est à l’écran.",
        "L’affichage se ferme à {display_end}. L’identifiant part par courriel.",
        "Votre nouveau mot de passe est affiché jusqu’à {display_end}\u00a0: notez-le. L’identifiant vous parvient par courriel.",
    ),
    Stage.REISSUED: StageTexts(
        "Le mot de passe a été affiché, et l’identifiant envoyé.",
        _NOTHING,
        "Votre mot de passe a été affiché, et votre identifiant envoyé par courriel. Les anciens ne fonctionnent plus.",
    ),
    Stage.REFUSED: StageTexts(
        "L’identifiant saisi n’est pas sur la liste électorale, ou un lien est déjà parti avec l’envoi à toutes et à tous.",
        _NOTHING,
        "Nous n’avons pas pu traiter cette demande. Cherchez d’abord, dans votre messagerie professionnelle, le lien déjà envoyé.",
    ),
}
# 2011, since the link was used: what is sent is the mail with the identifier.
SECOND_MAIL: Mapping[Stage, StageTexts] = {
    **_BOTH,
    Stage.SENDING: StageTexts(
        "Le mot de passe a été affiché\u202f; le courriel avec l’identifiant est confié au relais.",
        "Le courriel part dans les secondes qui viennent.",
        "Votre identifiant part à l’instant, par courriel. L’ancien fonctionne jusque-là.",
    ),
    Stage.LATE: StageTexts(
        "Le relais n’a pas encore pris le courriel avec l’identifiant.",
        _TRIED,
        "Votre identifiant tarde. Le portail réessaie de lui-même\u00a0: vous n’avez rien à refaire.",
    ),
    Stage.EXPIRED: StageTexts(
        "L’identifiant n’est jamais parti\u00a0: l’ancien reste valable, avec le nouveau mot de passe.",
        _NOTHING,
        f"Votre nouvel identifiant n’est pas parti\u00a0: utilisez l’ancien avec le nouveau mot de passe. {_AGAIN}",
    ),
}

BY_PROCEDURE: Mapping[Procedure, Mapping[Stage, StageTexts]] = {
    Procedure.VOTING_CODE: _LINK,
    Procedure.IDENTIFIER: _IDENTIFIER,
    Procedure.PASSWORD: _PASSWORD,
    Procedure.IDENTIFIER_AND_PASSWORD: _BOTH,
}
# What a voter whose send has failed can do without waiting.
OTHER_WAYS: Mapping[Procedure, str] = {
    Procedure.VOTING_CODE: "Sans attendre, vous pouvez choisir un autre numéro ou l’autre canal depuis la page de suivi.",
    Procedure.IDENTIFIER: "Sans attendre, vous pouvez faire une autre demande, pour un autre numéro.",
    Procedure.PASSWORD: "Vous pouvez refaire la demande dans quelques minutes.",
    Procedure.IDENTIFIER_AND_PASSWORD: "Vous pouvez refaire la demande dans quelques minutes.",
}
# What a gateway has said of the message, by channel and by what is known of it.
TAKEN_SMS = "L’opérateur a pris le SMS à {accepted}\u202f; il n’a pas encore dit que le téléphone l’a reçu."
ARRIVED_SMS = "L’opérateur dit que le téléphone a reçu le SMS à {delivered}."
TAKEN_MAIL = "Le relais a pris le courriel à {accepted}\u202f; rien ne dit si la personne l’a lu."
NOT_TAKEN = "Aucune passerelle n’a encore pris le message."
