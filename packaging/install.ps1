<#
.SYNOPSIS
Installs, verifies, repairs or uninstalls Inlay for the user who runs it; see INSTALL.md.

.DESCRIPTION
Only finds a Python, or fetches one, and leaves the rest to the folder install. In PowerShell:
    powershell -ExecutionPolicy Bypass -File install.ps1 [install|verify|repair|uninstall] [options]
Written with care and not yet tried on a real Windows machine.
#>
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$here = Split-Path -Parent $MyInvocation.MyCommand.Path
$setup = Join-Path $here 'install'
$program = Join-Path $env:LOCALAPPDATA 'Inlay\program'
$uvVersion = '0.13.5'

# 3.11 to 3.13, 64 bits, and able to make an environment with pip in it.
$question = 'import ensurepip, sys, venv; ' +
    'ok = (3, 11) <= sys.version_info[:2] <= (3, 13) and sys.maxsize > 2**32; ' +
    'sys.exit(not ok)'

function Stop-Setup([string] $message) {
    Write-Host "inlay-setup: $message"
    exit 1
}

function Test-Python([string[]] $command) {
    if (-not (Get-Command $command[0] -ErrorAction SilentlyContinue)) { return $false }
    $rest = @($command | Select-Object -Skip 1)
    # What a program writes to its error stream must not end the script.
    $ErrorActionPreference = 'Continue'
    try { & $command[0] @rest -I -c $question 2>$null | Out-Null } catch { return $false }
    return $LASTEXITCODE -eq 0
}

# Keeps the command, not the path that a Python prints: consoles garble umlauts in it.
function Find-Python {
    $candidates = New-Object System.Collections.ArrayList
    if ($env:INLAY_PYTHON) { [void] $candidates.Add(@($env:INLAY_PYTHON)) }
    $private = Join-Path $program 'python'
    if (Test-Path $private) {
        Get-ChildItem -Path $private -Directory | ForEach-Object {
            [void] $candidates.Add(@((Join-Path $_.FullName 'python.exe')))
        }
    }
    foreach ($version in '-3.13', '-3.12', '-3.11') { [void] $candidates.Add(@('py', $version)) }
    [void] $candidates.Add(@('python'))
    foreach ($candidate in $candidates) {
        if (Test-Python $candidate) {
            $script:python = @($candidate)
            return $true
        }
    }
    return $false
}

# uv, by Astral, knows where to get a Python that needs no installation.
function Get-Python {
    Write-Host 'No Python from 3.11 to 3.13 was found.'
    if ([Environment]::UserInteractive -and -not ($script:arguments -contains '--yes')) {
        $answer = Read-Host 'Fetch one for Inlay alone, about 35 MB, with uv from astral.sh? [Y/n]'
        if ($answer -match '^[nN]') {
            Stop-Setup 'install Python 3.12 from python.org, then run this again.'
        }
    }
    New-Item -ItemType Directory -Force -Path $program | Out-Null
    $found = Get-Command uv -ErrorAction SilentlyContinue
    if ($found) {
        $uv = $found.Source
    } else {
        [Net.ServicePointManager]::SecurityProtocol =
            [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
        $file = Join-Path $program 'uv-install.ps1'
        $address = "https://astral.sh/uv/$uvVersion/install.ps1"
        try {
            Invoke-WebRequest -UseBasicParsing -Uri $address -OutFile $file
        } catch {
            Stop-Setup 'uv could not be fetched. Is there a connection?'
        }
        $env:UV_UNMANAGED_INSTALL = Join-Path $program 'uv'
        & powershell -NoProfile -ExecutionPolicy Bypass -File $file | Out-Host
        Remove-Item $file
        $uv = Join-Path $program 'uv\uv.exe'
        if (-not (Test-Path $uv)) {
            Stop-Setup 'uv could not be set up. Install Python 3.12 from python.org, then run this again.'
        }
    }
    & $uv python install --quiet --install-dir (Join-Path $program 'python') 3.12
    if ($LASTEXITCODE -ne 0) {
        Stop-Setup 'no Python could be fetched. Install Python 3.12 from python.org, then run this again.'
    }
}

$arguments = $args
$python = @()
if (-not (Find-Python)) {
    Get-Python
    if (-not (Find-Python)) { Stop-Setup 'the Python that was fetched does not run here.' }
}
# The program's folder is about to go: nobody may stand in it.
if ($arguments -contains 'uninstall') { Set-Location $env:USERPROFILE }
$rest = @($python | Select-Object -Skip 1)
& $python[0] @rest -I $setup @arguments
$code = $LASTEXITCODE
# A Python that runs cannot delete itself.
if ($code -eq 0 -and $arguments -contains 'uninstall' -and (Test-Path $program)) {
    if (-not (Test-Path (Join-Path $program 'state.json'))) {
        Remove-Item -Recurse -Force $program
    }
}
exit $code
