"""The texts of a password's recovery."""

from election.text.translation import N_
from web.presenters.procedures.record import ProcedureRecord, unusable_links

RECORD = ProcedureRecord(
    label=N_("Remplacement du mot de passe Élections"),
    thing=N_("mon mot de passe"),
    requests=N_("Les demandes de nouveau mot de passe"),
    outcome=N_("Un lien pour en choisir un autre arrive dans votre messagerie professionnelle."),
    action="Choisir un nouveau mot de passe",
    url="/reassort/mot-de-passe",
    title="Mot de passe oublié",
    forgotten_label="Mot de passe oublié\u202f?",
    support_name="mot de passe",
    guide_title="Remplacer un mot de passe oublié",
    guide_name="mot-de-passe",
    guide_template="guides/password.html",
    unusable_links=unusable_links(
        used_reason="Ce lien a déjà servi\u00a0: un nouveau mot de passe a été choisi.",
        used_advice="Connectez-vous avec lui, ou faites une nouvelle demande. "
        "Si ce n’était pas vous, écrivez à l’assistance.",
        used_onward=("Se connecter", "/connexion"),
        expired_advice="Votre mot de passe n’a pas changé. Faites une nouvelle demande pour recevoir un autre lien.",
        cancelled_advice="Votre mot de passe n’a pas changé. Faites une nouvelle demande, ou écrivez à l’assistance.",
    ),
)
