import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { inProject, say } from './project.mjs';

const FILE = inProject('.cache', 'run.lock');
/** No install or build takes longer; an older file belongs to another process that got the same id. */
const STALE_MS = 15 * 60_000;

function holder() {
  try {
    const pid = Number(readFileSync(FILE, 'utf8'));
    if (Date.now() - statSync(FILE).mtimeMs > STALE_MS) return undefined;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return error.code === 'EPERM' ? 'of another user' : undefined;
  }
}

function take() {
  try {
    writeFileSync(FILE, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/** Runs `work` while no other command of this clone installs or builds: `npm start` and `npm test` may start together. */
export async function inTurn(work) {
  mkdirSync(inProject('.cache'), { recursive: true });
  for (let told = false; !take();) {
    const other = holder();
    if (other === undefined) {
      rmSync(FILE, { force: true });
      continue;
    }
    if (!told) say(`Waiting for process ${other}, which is installing or building ...`);
    told = true;
    await sleep(200);
  }
  const release = () => rmSync(FILE, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
}
