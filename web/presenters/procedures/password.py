"""The texts of a password's recovery."""

from election.text.translation import N_
from web.presenters.procedures.record import ProcedureRecord, unusable_links

RECORD = ProcedureRecord(
    label=N_("Remplacement du mot de passe Élections"),
    thing=N_("mon mot de passe"),
    requests=N_("Les demandes de nouveau mot de passe"),
    outcome=N_("Un lien pour en choisir un autre arrive dans votre messagerie professionnelle."),
    action=N_("Choisir un nouveau mot de passe"),
    url="/reassort/mot-de-passe",
    title=N_("Mot de passe oublié"),
    forgotten_label=N_("Mot de passe oublié\u202f?"),
    support_name=N_("mot de passe"),
    guide_title=N_("Remplacer un mot de passe oublié"),
    guide_name="mot-de-passe",
    guide_template="guides/password.html",
    unusable_links=unusable_links(
        used_reason=N_("Ce lien a déjà servi\u00a0: un nouveau mot de passe a été choisi."),
        used_advice=N_(
            "Connectez-vous avec lui, ou faites une nouvelle demande. "
            "Si ce n’était pas vous, écrivez à l’assistance."
        ),
        used_onward=(N_("Se connecter"), "/connexion"),
        expired_advice=N_(
            "Votre mot de passe n’a pas changé. Faites une nouvelle demande pour recevoir un autre lien."
        ),
        cancelled_advice=N_(
            "Votre mot de passe n’a pas changé. Faites une nouvelle demande, ou écrivez à l’assistance."
        ),
    ),
)
