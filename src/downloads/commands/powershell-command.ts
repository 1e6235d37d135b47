import type { CommandInput } from './command-input.js';
import { safeFileName } from './safe-file-name.js';

/** PowerShell ends a single-quoted string at any of these, and takes two in a row for one. */
const SINGLE_QUOTES = /['\u2018-\u201b]/g;

/** Not allowed in a name on Windows; `name:x` would even write to a hidden stream of the file `name`. */
const NOT_ON_WINDOWS = /[<>:"|?*]/g;
/** Windows drops these from the end of a name. */
const DROPPED_AT_END = /[. ]+$/;
/** A device, whatever the extension. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])(?= *(?:\.|$))/i;

/** A PowerShell string in which nothing is expanded. */
export function powershellQuote(text: string): string {
  return `'${text.replace(SINGLE_QUOTES, '$&$&')}'`;
}

/** {@link safeFileName}, changed where Windows needs it. */
export function windowsFileName(name: string): string {
  return safeFileName(name)
    .replace(NOT_ON_WINDOWS, '_')
    .replace(DROPPED_AT_END, (end) => '_'.repeat(end.length))
    .replace(DEVICE, (device) => `_${device.slice(1)}`);
}

/**
 * For Windows PowerShell 5.1 and PowerShell 7 on any system.
 *
 * `Invoke-WebRequest`, not `curl.exe`: that one is missing before Windows 10 1803 and outside Windows, 5.1 breaks
 * arguments it hands to programs, and a program's exit code stops no script. What `Invoke-WebRequest` lacks is done here:
 * - `-OutFile` takes `[` and `]` for wildcards in 5.1, so it gets a plain relative part name, and .NET's literal and
 *   never overwriting `File.Move` renames it. .NET knows another current folder, hence the full path.
 * - Nothing promises an error for a body that ends early, so size (and SHA-256) are compared.
 * - The progress bar makes 5.1 many times slower; 5.1 may start with TLS 1.0; a redirect must not pass for the file.
 * The preferences end with the block. After any error the part file is removed. A wrong file cannot be confirmed: the
 * 409 is an error of the script, and the link lives.
 */
export function powershellCommand(input: CommandInput): string {
  const { url, linkId, fileName, size, sha256 } = input;
  const part = powershellQuote(`.drawbridge.${linkId}.part`);
  const digestCheck =
    sha256 === undefined
      ? []
      : [
          `    if ((Get-FileHash -Algorithm SHA256 -LiteralPath $p).Hash -ne '${sha256}') { throw 'Wrong SHA-256.' }`,
        ];
  return [
    '& {',
    "  $ErrorActionPreference = 'Stop'",
    "  $ProgressPreference = 'SilentlyContinue'",
    '  if ($PSVersionTable.PSVersion.Major -lt 6) { [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor 3072 }',
    `  $t = [IO.Path]::Combine($PWD.ProviderPath, ${powershellQuote(windowsFileName(fileName))})`,
    `  $p = [IO.Path]::Combine($PWD.ProviderPath, ${part})`,
    '  if ([IO.File]::Exists($t) -or [IO.Directory]::Exists($t)) { throw "$t already exists; move it away first." }',
    '  try {',
    `    Invoke-WebRequest -UseBasicParsing -MaximumRedirection 0 -Uri ${powershellQuote(url)} -OutFile ${part}`,
    `    if (([IO.FileInfo]$p).Length -ne ${size}) { throw 'Wrong size: the download is not complete.' }`,
    ...digestCheck,
    ...(input.confirmEndpoint === undefined ? [] : [HASH]),
    '    [IO.File]::Move($p, $t)',
    ...confirmation(input),
    '  } finally { [IO.File]::Delete($p) }',
    '}',
  ].join('\n');
}

const HASH = '    $h = (Get-FileHash -Algorithm SHA256 -LiteralPath $p).Hash.ToLowerInvariant()';

function confirmation({ confirmEndpoint, token }: CommandInput): string[] {
  if (confirmEndpoint === undefined) return [];
  const uri = powershellQuote(`${confirmEndpoint}?token=${token}`);
  return [
    `    Invoke-RestMethod -UseBasicParsing -MaximumRedirection 0 -Method Post -Uri ${uri} -ContentType 'application/json' -Body ('{"sha256":"' + $h + '"}')`,
  ];
}
