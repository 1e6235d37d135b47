import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root, say, Stop } from './project.mjs';

/**
 * One child at a time, in a session of its own: the terminal's Ctrl-C then reaches only us, and each signal goes
 * on to the child's whole group exactly once. (One Ctrl-C arrives here twice, from the terminal and from npm, and
 * the app takes a second SIGINT for "exit now".)
 */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** Signals of one name this close together are one press. */
const ONE_PRESS_MS = 500;
/** After the second Ctrl-C. */
const LAST_CHANCE_MS = 1_000;

let child;
let stopped;

/** The first signal that asked us to stop, or undefined. */
export const stopSignal = () => stopped?.signal;

function signalGroup(signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

function onSignal(signal) {
  const now = Date.now();
  if (stopped?.signal === signal && now - stopped.at < ONE_PRESS_MS) return;
  const again = stopped !== undefined && signal === 'SIGINT';
  stopped = { signal, at: now };
  if (child === undefined) return leave({ code: null, signal });
  signalGroup(signal);
  if (again) setTimeout(() => child && signalGroup('SIGKILL'), LAST_CHANCE_MS);
}

/** Starts forwarding. Called once, before the first child. */
export function forwardSignals() {
  for (const signal of SIGNALS) process.on(signal, () => onSignal(signal));
  process.on('exit', () => child && signalGroup('SIGKILL'));
  // A closed terminal must not end us before the child has ended.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** Ends this process the way its child ended, so that npm and the shell see the same. */
export function leave({ code, signal }) {
  if (signal === null) process.exit(code);
  if (SIGNALS.includes(signal)) {
    for (const name of SIGNALS) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  } else {
    say(`It was ended by ${signal}.`);
  }
  process.exit(128 + constants.signals[signal]);
}

/** Runs a command to its end. @returns {Promise<{code: number | null, signal: string | null}>} */
export function run(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: 'inherit',
      detached: true,
    });
    child.once('error', (error) => {
      child = undefined;
      reject(new Stop(`${command} cannot be run (${error.code}). Is it installed?`));
    });
    child.once('exit', (code, signal) => {
      // Whatever the child has left behind: jest's workers, servers that tests started.
      signalGroup('SIGKILL');
      child = undefined;
      resolve({ code, signal });
    });
  });
}

/** Runs a command that must succeed for the next to make sense. @throws Stop when it failed or we were told to stop */
export async function step(failure, command, args, env) {
  const { code, signal } = await run(command, args, env);
  if (stopSignal() !== undefined) throw new Stop('Stopped.', { signal: stopSignal() });
  if (code !== 0) throw new Stop(failure, { code, signal });
}
