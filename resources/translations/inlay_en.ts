<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US">
<context>
    <name></name>
    <message numerus="yes">
        <source>it would take longer than %n seconds; make the expression simpler</source>
        <translation>
            <numerusform>it would take longer than %n second; make the expression simpler</numerusform>
            <numerusform>it would take longer than %n seconds; make the expression simpler</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n steps</source>
        <translation>
            <numerusform>%n step</numerusform>
            <numerusform>%n steps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n changes left</source>
        <translation>
            <numerusform>%n change left</numerusform>
            <numerusform>%n changes left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n regions waiting</source>
        <translation>
            <numerusform>%n region waiting</numerusform>
            <numerusform>%n regions waiting</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>brings %n syntax errors</source>
        <translation>
            <numerusform>brings %n syntax error</numerusform>
            <numerusform>brings %n syntax errors</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n drafts · {next_draft} goes to the next</source>
        <translation>
            <numerusform>%n draft · {next_draft} goes to the next</numerusform>
            <numerusform>%n drafts · {next_draft} goes to the next</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>failed after %n steps</source>
        <translation>
            <numerusform>failed after %n step</numerusform>
            <numerusform>failed after %n steps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>settled in %n steps</source>
        <translation>
            <numerusform>settled in %n step</numerusform>
            <numerusform>settled in %n steps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>not quite settled after %n steps</source>
        <translation>
            <numerusform>not quite settled after %n step</numerusform>
            <numerusform>not quite settled after %n steps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>stopped after %n steps</source>
        <translation>
            <numerusform>stopped after %n step</numerusform>
            <numerusform>stopped after %n steps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of its choices taken back</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files have the right hash</source>
        <translation>
            <numerusform>%n file has the right hash</numerusform>
            <numerusform>%n files have the right hash</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more have none on record.</source>
        <translation>
            <numerusform>%n more has none on record.</numerusform>
            <numerusform>%n more have none on record.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n minutes</source>
        <translation>
            <numerusform>%n minute</numerusform>
            <numerusform>%n minutes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n words stay as they are</source>
        <translation>
            <numerusform>%n word stays as it is</numerusform>
            <numerusform>%n words stay as they are</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n versions</source>
        <translation>
            <numerusform>%n version</numerusform>
            <numerusform>%n versions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Soft edge: %n words</source>
        <translation>
            <numerusform>Soft edge: %n word</numerusform>
            <numerusform>Soft edge: %n words</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n words</source>
        <translation>
            <numerusform>%n word</numerusform>
            <numerusform>%n words</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n lines</source>
        <translation>
            <numerusform>%n line</numerusform>
            <numerusform>%n lines</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>nothing found in %n files</source>
        <translation>
            <numerusform>nothing found in %n file</numerusform>
            <numerusform>nothing found in %n files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln matches in {found} of {files} files</source>
        <translation>
            <numerusform>%Ln match in {found} of {files} files</numerusform>
            <numerusform>%Ln matches in {found} of {files} files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n binary files left out</source>
        <translation>
            <numerusform>%n binary file left out</numerusform>
            <numerusform>%n binary files left out</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files over 8 MiB left out</source>
        <translation>
            <numerusform>%n file over 8 MiB left out</numerusform>
            <numerusform>%n files over 8 MiB left out</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files or folders cannot be read</source>
        <translation>
            <numerusform>%n file or folder cannot be read</numerusform>
            <numerusform>%n files or folders cannot be read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files take too long for this expression</source>
        <translation>
            <numerusform>%n file takes too long for this expression</numerusform>
            <numerusform>%n files take too long for this expression</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n drafts rejected. {key} brings them back.</source>
        <translation>
            <numerusform>%n draft rejected. {key} brings it back.</numerusform>
            <numerusform>%n drafts rejected. {key} brings them back.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The model thinks before it writes: %n words so far.</source>
        <translation>
            <numerusform>The model thinks before it writes: %n word so far.</numerusform>
            <numerusform>The model thinks before it writes: %n words so far.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n drafts from last time are in the history · {history} opens it</source>
        <translation>
            <numerusform>%n draft from last time is in the history · {history} opens it</numerusform>
            <numerusform>%n drafts from last time are in the history · {history} opens it</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n minutes left</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Finder</name>
    <message numerus="yes">
        <source>%Ln matches</source>
        <translation>
            <numerusform>%Ln match</numerusform>
            <numerusform>%Ln matches</numerusform>
        </translation>
    </message>
</context>
</TS>
