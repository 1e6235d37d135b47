import { fileURLToPath } from 'node:url';
import type { MintedLinkDto } from '../../src/downloads/minting/mint.dto.js';

const RESUME_PY = fileURLToPath(new URL('../fixtures/clients/resume.py', import.meta.url));

export interface CommandLine {
  readonly program: string;
  readonly args: readonly string[];
}

/** A program that goes on with its file where it stopped; it saves to `link.fileName` in the folder that it runs in. */
export interface ResumingClient {
  readonly name: string;
  readonly programs: readonly string[];
  command(link: MintedLinkDto): CommandLine;
}

const python = (library: string): ResumingClient => ({
  name: `Python's ${library}`,
  programs: ['python3'],
  command: ({ url, fileName }) => ({
    program: 'python3',
    args: [RESUME_PY, library, url, fileName],
  }),
});

export const RESUMING_CLIENTS: readonly ResumingClient[] = [
  {
    name: 'curl -C -',
    programs: ['curl'],
    command: ({ url, fileName }) => ({
      program: 'curl',
      args: ['-sS', '-f', '-C', '-', '-o', fileName, url],
    }),
  },
  {
    name: 'wget -c',
    programs: ['wget'],
    command: ({ url, fileName }) => ({
      program: 'wget',
      args: ['-q', '-c', '--tries=1', '-O', fileName, url],
    }),
  },
  {
    name: 'aria2c -x4 -s4',
    programs: ['aria2c'],
    command: ({ url, fileName }) => ({
      program: 'aria2c',
      args: [
        ...['-q', '-x4', '-s4', '-k1M', '-o', fileName],
        // It notes what it has once a second here; what it has without a note it fetches again, from the beginning.
        ...['--auto-save-interval=1', '--allow-overwrite=true', '--file-allocation=none', '--disk-cache=0'],
        ...['--no-conf', '--max-tries=1', url],
      ],
    }),
  },
  {
    name: 'the robust command',
    programs: ['sh', 'curl'],
    command: ({ commands }) => ({
      program: 'sh',
      args: ['-c', commands.robust],
    }),
  },
  python('urllib'),
  python('http.client'),
];
