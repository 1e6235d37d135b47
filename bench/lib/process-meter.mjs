import { readFileSync, writeFileSync } from 'node:fs';

/** Of /proc/<pid>/stat, which counts in hundredths of a second on every Linux. */
const TICKS_PER_SECOND = 100;

/** CPU time and memory of a process and its children, as Linux counts them. */
export class ProcessMeter {
  constructor(pid) {
    this.pids = [pid, ...childrenOf(pid)];
  }

  /** From here on `cpuSeconds` and `growthMib` are counted. */
  start() {
    this.cpuBefore = this.#cpu();
    // 5: the high-water mark of the memory starts anew.
    for (const pid of this.pids) writeFileSync(`/proc/${pid}/clear_refs`, '5');
    this.rssBefore = this.#status('VmRSS');
  }

  get cpuSeconds() {
    return (this.#cpu() - this.cpuBefore) / TICKS_PER_SECOND;
  }

  get growthMib() {
    return Math.max(0, this.#status('VmHWM') - this.rssBefore) / 1024;
  }

  #cpu() {
    return sum(this.pids, (pid) => {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const [utime, stime] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14);
      return Number(utime) + Number(stime);
    });
  }

  #status(line) {
    return sum(this.pids, (pid) =>
      Number(new RegExp(`${line}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]),
    );
  }
}

const sum = (items, of) => items.reduce((total, item) => total + of(item), 0);

function childrenOf(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean);
  return children.map(Number);
}
