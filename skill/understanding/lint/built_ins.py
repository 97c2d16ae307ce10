"""The phrases that Amazon itself names for its built-in intents: those it surely takes from a skill."""

from collections.abc import Mapping

NAMED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {
        "AMAZON.CancelIntent": ("cancel", "never mind", "forget it"),
        "AMAZON.HelpIntent": ("help", "help me", "can you help me"),
        "AMAZON.MoreIntent": ("more",),
        "AMAZON.NextIntent": ("next", "skip", "skip forward"),
        "AMAZON.NoIntent": ("no", "no thanks"),
        "AMAZON.PauseIntent": ("pause", "pause that"),
        "AMAZON.PreviousIntent": ("go back", "skip back", "back up"),
        "AMAZON.RepeatIntent": ("repeat", "say that again", "repeat that"),
        "AMAZON.ResumeIntent": ("resume", "continue", "keep going"),
        "AMAZON.StartOverIntent": ("start over", "restart", "start again"),
        "AMAZON.StopIntent": ("stop", "off", "shut up"),
        "AMAZON.YesIntent": ("yes", "yes please", "sure"),
    },
    "de": {
        "AMAZON.CancelIntent": ("abbrechen", "vergiss es"),
        "AMAZON.HelpIntent": ("hilfe", "hilf mir"),
        "AMAZON.MoreIntent": ("mehr",),
        "AMAZON.NextIntent": ("weiter", "nächste"),
        "AMAZON.NoIntent": ("nein", "nein danke"),
        "AMAZON.PauseIntent": ("pause",),
        "AMAZON.PreviousIntent": ("zurück",),
        "AMAZON.RepeatIntent": ("wiederholen", "wiederhole das"),
        "AMAZON.ResumeIntent": ("fortsetzen", "weitermachen"),
        "AMAZON.StartOverIntent": ("von vorne", "neu starten"),
        "AMAZON.StopIntent": ("stopp", "stop", "aus"),
        "AMAZON.YesIntent": ("ja", "ja bitte"),
    },
}
"""By language and intent: what Amazon's table of standard built-in intents lists; in German their like."""
