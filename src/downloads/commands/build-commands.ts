import type { CommandInput, Commands } from './command-input.js';
import { curlCommand } from './curl-command.js';
import { curlConfigCommand } from './curl-config-command.js';
import { powershellCommand } from './powershell-command.js';
import { robustCommand } from './robust-command.js';
import { wgetCommand } from './wget-command.js';

/** The ready command lines for one link. They hold its token, so they are shown once, as the link is. */
export function buildCommands(input: CommandInput): Commands {
  return {
    curl: curlCommand(input),
    wget: wgetCommand(input),
    robust: robustCommand(input),
    curlConfig: curlConfigCommand(input),
    powershell: powershellCommand(input),
  };
}
