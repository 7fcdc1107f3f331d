"""The départements of birth, by the 6th and 7th characters of the NIR (the list in step 1 of 2011's form)."""

from election.text.translation import N_

# Names are the same in every language; what is more than a name is translated where it is shown.
_BEFORE_1976 = N_("Corse, avant 1976")
_MAINLAND = f"""
01 Ain|02 Aisne|03 Allier|04 Alpes-de-Haute-Provence|05 Hautes-Alpes|06 Alpes-Maritimes|07 Ardèche|08 Ardennes
09 Ariège|10 Aube|11 Aude|12 Aveyron|13 Bouches-du-Rhône|14 Calvados|15 Cantal|16 Charente|17 Charente-Maritime
18 Cher|19 Corrèze|2A Corse-du-Sud|2B Haute-Corse|20 {_BEFORE_1976}|21 Côte-d’Or|22 Côtes-d’Armor|23 Creuse
24 Dordogne|25 Doubs|26 Drôme|27 Eure|28 Eure-et-Loir|29 Finistère|30 Gard|31 Haute-Garonne|32 Gers|33 Gironde
34 Hérault|35 Ille-et-Vilaine|36 Indre|37 Indre-et-Loire|38 Isère|39 Jura|40 Landes|41 Loir-et-Cher|42 Loire
43 Haute-Loire|44 Loire-Atlantique|45 Loiret|46 Lot|47 Lot-et-Garonne|48 Lozère|49 Maine-et-Loire|50 Manche
51 Marne|52 Haute-Marne|53 Mayenne|54 Meurthe-et-Moselle|55 Meuse|56 Morbihan|57 Moselle|58 Nièvre|59 Nord
60 Oise|61 Orne|62 Pas-de-Calais|63 Puy-de-Dôme|64 Pyrénées-Atlantiques|65 Hautes-Pyrénées
66 Pyrénées-Orientales|67 Bas-Rhin|68 Haut-Rhin|69 Rhône|70 Haute-Saône|71 Saône-et-Loire|72 Sarthe|73 Savoie
74 Haute-Savoie|75 Paris|76 Seine-Maritime|77 Seine-et-Marne|78 Yvelines|79 Deux-Sèvres|80 Somme|81 Tarn
82 Tarn-et-Garonne|83 Var|84 Vaucluse|85 Vendée|86 Vienne|87 Haute-Vienne|88 Vosges|89 Yonne
90 Territoire de Belfort|91 Essonne|92 Hauts-de-Seine|93 Seine-Saint-Denis|94 Val-de-Marne|95 Val-d’Oise
"""
# Births in North Africa before its independence may have 91 to 96; those of before 1968 in Seine and
# Seine-et-Oise have 75 and 78. A voter who looks at the NIR finds the entry by its code.
_ELSEWHERE = {
    "96": N_("Tunisie, avant l’indépendance"),
    "97": N_("Outre-mer (Guadeloupe, Martinique, Guyane, La Réunion, Mayotte…)"),
    "98": N_("Outre-mer (Nouvelle-Calédonie, Polynésie française, Wallis-et-Futuna…)"),
    "99": N_("Étranger"),
}


def _listed(text: str) -> dict[str, str]:
    rows = [row for line in text.strip().splitlines() for row in line.split("|")]
    return {code: label for code, _, label in (row.partition(" ") for row in rows)}


# Code → label in French, in the order of the list.
DEPARTMENTS: dict[str, str] = _listed(_MAINLAND) | _ELSEWHERE
