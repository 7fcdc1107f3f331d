"""The names, académies and places that the fictional roll is made of."""
# ruff: noqa: SIM905 - lists of words are easier to read so

WOMEN = tuple(
    "Adèle Agnès Amélie Anaïs Anne-Marie Aurélie Béatrice Camille Cécile Chloé Claire Clémence Delphine"
    " Élise Élodie Émilie Fatima Florence Françoise Gaëlle Hélène Inès Jeanne Joëlle Laëtitia Léa Maëlys"
    " Marie-Claude Marie-Hélène Mélanie Noémie Océane Pénélope Rachida Sandrine Solène Sylvie Thérèse Valérie"
    " Véronique Yaël Zoé".split()
)
MEN = tuple(
    "Adrien Aimé Amadou André Aurélien Baptiste Benoît Cédric Clément Cyril Damien Didier Émile Étienne"
    " Fabrice François Frédéric Gaël Gérard Grégoire Hervé Ismaël Jean-Baptiste Jean-François Jérôme Joël"
    " Karim Loïc Maël Mathéo Michaël Nicolas Noël Olivier Pascal Raphaël Rémi Sébastien Stéphane Théo"
    " Xavier Yann".split()
)
FAMILIES = tuple(
    "Abadie;Antoine-Léonce;Aubry;Bâcle;Benali;Berthelot;Besançon;Boëldieu;Bourgeois;Briançon;Cadet-Roussel;"
    "Carpentier;Châtelain;Collinet;Coulibaly;Crépin;D’Alençon;D’Orgeval;Da Silva;De Beaumont;De La Tour;"
    "Delacroix;Deschênes;Diallo;Du Bellay;Duchêne;Dupré;Düring;Escoffier;Etcheverry;Fauré;Fernández;Ferreira;"
    "Garçonnet;Gérard-Hubert;Grandjean;Guégan;Guillemaud;Hébert;Hoarau;Iglesias;Jaouën;Joly;Kervella;"
    "L’Hermitte;Labbé;Lacroix-Morel;Le Goff;Le Guen;Lefèvre;Legrand;Lemaître;Léonard;Maçon;Mahé;Marchand;"
    "Mézière;Moreau;N’Diaye;Noël-Bonnet;Ollivier;Özdemir;Payet;Péroné;Peyré;Picard;Quéré;Quintard;Raymond;"
    "Régnier;Rivière;Rouvière;Saint-Amand;Sénéchal;Soulé;Taïeb;Tessier;Thévenin;Traoré;Urbain;Vâlin;Vasseur;"
    "Vaugeois;Villeneuve;Yildirim;Zaïdi;Ziegler".split(";")
)
ACADEMIES = tuple(
    "aix-marseille amiens besancon bordeaux clermont corse creteil dijon grenoble guadeloupe guyane lille"
    " limoges lyon martinique mayotte montpellier nancy-metz nantes nice normandie orleans-tours paris"
    " poitiers reims rennes reunion strasbourg toulouse versailles".split()
)
# INSEE codes of communes (Corsica, overseas) and of countries.
COMMUNES = tuple(
    "01053 06088 13204 14118 21231 25056 29019 2A004 2B033 31555 33063 34172 35238 37261 38185 44109 45234"
    " 51454 54395 57463 59350 62041 63113 64102 67482 68224 69383 73065 75112 75119 76540 80021 86194 87085"
    " 93066 94028 97105 97209 97302 97411 97608 98818 99109 99127 99134 99139 99208 99350 99351 99352".split()
)
# Challenge questions with possible answers.
QUESTIONS = (
    ("Quel était le nom de votre premier animal\u202f?", ("Câline", "Filou", "Moustache", "Réglisse", "Ulysse")),
    ("Quel était votre plat préféré, enfant\u202f?", ("Crêpes", "Gâteau de riz", "Pot-au-feu", "Ratatouille")),
    ("Dans quelle rue avez-vous grandi\u202f?", ("rue de l’Église", "avenue Jean-Jaurès", "chemin du Pré")),
    ("Quel est le prénom de votre parrain\u202f?", ("Anselme", "Célestin", "Gédéon", "Honoré", "Théophile")),
)
