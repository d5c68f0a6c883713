//! The languages of feedback: the words that pages and texts consist of; what rules and checks say is in [`feedback`].

mod feedback;

#[cfg(feature = "schemas")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The language of a rubric's feedback.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[default]
    En,
    De,
    Es,
    Fr,
}

/// A phrase of pages, in English; the other languages are in the table.
type Row = (&'static str, [&'static str; 3]);

/// English; then German, Spanish and French.
const PHRASES: &[Row] = &[
    ("points", ["Punkte", "puntos", "points"]),
    ("{} of {}", ["{} von {}", "{} de {}", "{} sur {}"]),
    ("{} of {} points", ["{} von {} Punkten", "{} de {} puntos", "{} points sur {}"]),
    (", including {} bonus", [", davon {} Bonus", ", incluidos {} extra", ", dont {} de bonus"]),
    (
        ", including {} for the whole class",
        [", davon {} für die ganze Klasse", ", incluidos {} para toda la clase", ", dont {} pour toute la classe"],
    ),
    (", set by the teacher", [", von der Lehrkraft festgelegt", ", fijado por el docente", ", fixé par l'enseignant"]),
    (
        ", {} deducted for being {} late",
        [", {} Abzug bei {} Verspätung", ", {} descontados por {} de retraso", ", {} retirés pour {} de retard"],
    ),
    ("a day", ["einem Tag", "un día", "un jour"]),
    ("{} days", ["{} Tagen", "{} días", "{} jours"]),
    (", not final", [", nicht endgültig", ", no definitivo", ", non définitif"]),
    (", nothing was submitted", [", nichts abgegeben", ", no se entregó nada", ", rien n'a été rendu"]),
    ("; not checked here: {}", ["; hier nicht geprüft: {}", "; no comprobado aquí: {}", " ; non vérifié ici : {}"]),
    (", passed", [", bestanden", ", aprobado", ", admis"]),
    (", not passed", [", nicht bestanden", ", suspenso", ", non admis"]),
    ("requires “{}”", ["setzt „{}“ voraus", "requiere «{}»", "nécessite « {} »"]),
    ("met", ["erfüllt", "cumplido", "réussi"]),
    ("partly met", ["teilweise erfüllt", "cumplido en parte", "en partie réussi"]),
    ("missed", ["nicht erfüllt", "no cumplido", "non réussi"]),
    ("skipped", ["übersprungen", "omitido", "ignoré"]),
    ("not graded", ["nicht bewertet", "sin calificar", "non noté"]),
    ("missing", ["fehlt", "sin entregar", "non rendu"]),
    ("nothing was submitted", ["nichts abgegeben", "no se entregó nada", "rien n'a été rendu"]),
    ("bonus", ["Bonus", "extra", "bonus"]),
    ("What to do next", ["Was jetzt zu tun ist", "Qué hacer ahora", "Que faire maintenant"]),
    ("Built image", ["Gebautes Image", "Imagen construida", "Image construite"]),
    ("{} layers, user {}", ["{} Schichten, Benutzer {}", "{} capas, usuario {}", "{} couches, compte {}"]),
    ("unusual file name", ["ungewöhnlicher Dateiname", "nombre de archivo inusual", "nom de fichier inhabituel"]),
    ("not plain UTF-8", ["kein reines UTF-8", "no es UTF-8 sin formato", "pas en UTF-8"]),
    ("several Dockerfiles", ["mehrere Dockerfiles", "varios Dockerfiles", "plusieurs Dockerfiles"]),
    ("limit reached", ["Grenze erreicht", "límite alcanzado", "limite atteinte"]),
    (
        "base image not on this machine",
        ["Basis-Image fehlt auf diesem Rechner", "falta la imagen base en esta máquina", "image de base absente de cette machine"],
    ),
    (
        "output does not depend on input",
        [
            "Ausgabe hängt nicht von der Eingabe ab",
            "la salida no depende de la entrada",
            "la sortie ne dépend pas de l'entrée",
        ],
    ),
    (
        "similar to another submission",
        ["ähnlich wie eine andere Abgabe", "similar a otra entrega", "semblable à un autre travail"],
    ),
    ("Graded file", ["Bewertete Datei", "Archivo calificado", "Fichier noté"]),
    ("Line", ["Zeile", "Línea", "Ligne"]),
    ("Why", ["Warum", "Por qué", "Pourquoi"]),
    ("Rule", ["Regel", "Regla", "Règle"]),
    ("Done well", ["Gut gemacht", "Bien hecho", "Bien fait"]),
    ("Teacher", ["Lehrkraft", "Docente", "Enseignant"]),
    ("Fix", ["Korrektur", "Corrección", "Correction"]),
    ("Output", ["Ausgabe", "Salida", "Sortie"]),
    ("To earn it back", ["Für die volle Punktzahl", "Para recuperarlo", "Pour récupérer les points"]),
    (
        "Not graded yet (no points lost)",
        [
            "Noch nicht bewertet (kein Punktverlust)",
            "Aún sin calificar (sin pérdida de puntos)",
            "Pas encore noté (aucun point perdu)",
        ],
    ),
    ("Criteria", ["Kriterien", "Criterios", "Critères"]),
    ("Students", ["Studierende", "Estudiantes", "Étudiants"]),
    ("Student", ["Name", "Estudiante", "Étudiant"]),
    ("Points", ["Punkte", "Puntos", "Points"]),
    ("Passed", ["Bestanden", "Aprobado", "Admis"]),
    ("yes", ["ja", "sí", "oui"]),
    ("no", ["nein", "no", "non"]),
    ("Total", ["Summe", "Total", "Total"]),
    ("Comment", ["Kommentar", "Comentario", "Commentaire"]),
    ("Computed", ["Berechnet", "Calculado", "Calculé"]),
    ("days late", ["Tage Verspätung", "días de retraso", "jours de retard"]),
    ("Save", ["Speichern", "Guardar", "Enregistrer"]),
    ("Grade again", ["Erneut bewerten", "Calificar de nuevo", "Noter à nouveau"]),
    ("Maximum", ["Maximum", "Máximo", "Maximum"]),
    ("Search", ["Suche", "Buscar", "Rechercher"]),
    ("Show", ["Anzeigen", "Mostrar", "Afficher"]),
    ("all", ["alle", "todos", "tous"]),
    ("failed", ["nicht bestanden", "suspensos", "non admis"]),
    ("late", ["verspätet", "con retraso", "en retard"]),
    ("flagged", ["auffällig", "marcados", "signalés"]),
    (
        "changed by the teacher",
        ["von der Lehrkraft geändert", "modificados por el docente", "modifiés par l'enseignant"],
    ),
    ("Export as CSV", ["Als CSV exportieren", "Exportar como CSV", "Exporter en CSV"]),
    ("Look at these first", ["Diese zuerst ansehen", "Mirar primero", "À regarder d'abord"]),
    ("Similar submissions", ["Ähnliche Abgaben", "Entregas similares", "Travaux similaires"]),
    (
        "Students by percentage of points",
        [
            "Studierende nach Anteil der Punkte", "Estudiantes por porcentaje de puntos",
            "Étudiants par pourcentage de points",
        ],
    ),
    (
        "Most missed criteria",
        ["Am häufigsten verfehlte Kriterien", "Criterios más fallados", "Critères les plus manqués"],
    ),
    ("Most missed rules", ["Am häufigsten verletzte Regeln", "Reglas más falladas", "Règles les plus enfreintes"]),
    ("not checked here", ["hier nicht geprüft", "no comprobado aquí", "non vérifié ici"]),
    (
        "Shared code does not prove copying.",
        [
            "Gemeinsamer Code beweist kein Abschreiben.",
            "El código compartido no prueba una copia.",
            "Du code commun ne prouve pas une copie.",
        ],
    ),
];

impl Language {
    /// The code of the language, as in HTML.
    pub fn code(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::De => "de",
            Language::Es => "es",
            Language::Fr => "fr",
        }
    }

    pub fn is_english(&self) -> bool {
        *self == Language::En
    }

    /// An English phrase in this language; unknown phrases stay as they are.
    pub fn say(self, phrase: &'static str) -> &'static str {
        let Some(column) = self.column() else { return phrase };
        PHRASES.iter().find(|(english, _)| *english == phrase).map_or(phrase, |(_, others)| others[column])
    }
}

impl Language {
    /// A phrase in this language, with values in place of each `{}`.
    pub fn fill(self, phrase: &'static str, values: &[&str]) -> String {
        feedback::filled(self.say(phrase), values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_once_and_in_every_language() {
        for (at, (english, others)) in PHRASES.iter().enumerate() {
            let holes = |text: &str| text.matches("{}").count();
            assert!(others.iter().all(|text| !text.trim().is_empty() && holes(text) == holes(english)), "{english}");
            assert!(PHRASES[at + 1..].iter().all(|(other, _)| other != english), "{english} twice");
        }
        assert_eq!(
            (Language::De.say("Student"), Language::En.say("Student"), Language::Fr.say("x")),
            ("Name", "Student", "x")
        );
    }
}
