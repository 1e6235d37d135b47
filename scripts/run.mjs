// Behind every npm script: installs and builds what is missing, finds Node 24, runs the command and passes signals on.
// Needs nothing but Node 20 and npm. Usage: node scripts/run.mjs <task> [arguments]
import { forwardSignals, leave } from './lib/child.mjs';
import { say, Stop } from './lib/project.mjs';
import { tasks } from './lib/tasks.mjs';

const [name, ...args] = process.argv.slice(2);

forwardSignals();
try {
  const task = Object.hasOwn(tasks, name ?? '') ? tasks[name] : undefined;
  if (task === undefined) throw new Stop(`Name a task: ${Object.keys(tasks).join(', ')}.`, { code: 2 });
  leave(await task(args));
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  say(error.message);
  leave(error);
}
