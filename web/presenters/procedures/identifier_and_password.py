"""The texts of the recovery of identifier and password together (2011)."""

from election.text.translation import N_
from election.verdicts import Verdict
from web.presenters.procedures.record import ProcedureRecord, unusable_links

RECORD = ProcedureRecord(
    label=N_("Électeurs et électrices sans notice"),
    thing=N_("ma notice de vote, ou mon identifiant et mon mot de passe"),
    requests=N_("Les demandes pour voter sans notice"),
    outcome=N_(
        "Un lien pour obtenir un identifiant et un mot de passe arrive dans votre messagerie professionnelle."
    ),
    action=N_("Voter sans notice"),
    url="/sans-notice",
    title=N_("Voter sans notice"),
    forgotten_label=N_("Pas de notice, ou mot de passe perdu\u202f?"),
    support_name=N_("identifiant et mot de passe"),
    guide_title=N_("Voter sans notice"),
    guide_name="sans-notice",
    guide_template="guides/identifier_and_password.html",
    unusable_links=unusable_links(
        used_reason=N_(
            "Ce lien a déjà servi\u00a0: le mot de passe a été affiché. L’identifiant est envoyé à part, par courriel."
        ),
        used_advice=N_(
            "Si vous n’avez pas pu noter le mot de passe, ou si ce courriel ne vient pas, faites une nouvelle demande. Vous "
            "recevrez un autre lien, et ce mot de passe et cet identifiant cesseront de fonctionner. Si ce n’était pas vous, "
            "écrivez à l’assistance."
        ),
        used_onward=(N_("Entrer dans l’espace de vote"), "/vote/connexion"),
        used_shown=N_(
            "Si c’est vous, rouvrez le lien dans le navigateur où vous avez validé l’adresse\u00a0: le mot de passe y reste visible "
            "jusqu’à la fin de son temps d’affichage."
        ),
        expired_advice=N_("Ni votre identifiant ni votre mot de passe n’ont changé. Faites une nouvelle demande."),
        cancelled_advice=N_(
            "Ni votre identifiant ni votre mot de passe n’ont changé. "
            "Faites une nouvelle demande, ou écrivez à l’assistance."
        ),
    ),
    refusals={
        Verdict.WRONG_PROOF: N_(
            "Le NUMEN ou le département de naissance ne correspondent pas. Vérifiez-les et recommencez."
        )
    },
)
