// How fast a download is, beside the alternatives, in one run: npm run bench -- download [--size=1024] [--rounds=5]
// [--curl]. Sizes are MiB. The rounds alternate between the servers, one round before them is for warming up, and what
// is printed are medians. Linux only.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { writeBackups } from './lib/files.mjs';
import { ProcessMeter } from './lib/process-meter.mjs';
import { readByCurl, readRaw } from './lib/raw-reader.mjs';
import { startDrawbridge, startNaive, startNginx } from './lib/servers.mjs';

const { performance } = globalThis;
const MIB = 1024 * 1024;
const option = (name, otherwise) =>
  Number(process.argv.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1] ?? otherwise);
const SIZE = option('size', 1024) * MIB;
const ROUNDS = Math.max(1, option('rounds', 5));
const SMALL = 16 * MIB;
const MANY = 50;
const MANY_SIZE = 20 * MIB;

const home = mkdtempSync(join(tmpdir(), 'drawbridge-bench-'));
const root = join(home, 'backups');
mkdirSync(root);
const started = [];
const run = async (starting) => {
  const server = await starting;
  started.push(server);
  return { ...server, meter: new ProcessMeter(server.pid) };
};

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const medians = (results) =>
  Object.fromEntries(Object.keys(results[0]).map((key) => [key, median(results.map((one) => one[key]))]));

/** One measured piece of work of a server. */
async function measured({ meter }, work) {
  meter.start();
  const result = await work();
  return { ...result, cpu: meter.cpuSeconds, growth: meter.growthMib };
}

/** Each contender once a round, in turn; the first round does not count. */
async function alternating(contenders) {
  const results = contenders.map(() => []);
  for (let round = 0; round <= ROUNDS; round++)
    for (const [index, contender] of contenders.entries()) {
      const result = await contender();
      if (round > 0) results[index].push(result);
    }
  return results.map(medians);
}

function table(head, rows) {
  const widths = head.map((title, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  console.log(
    [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n'),
    '\n',
  );
}

try {
  const big = writeBackups(root, 'big', SIZE);
  const small = writeBackups(root, 'small', SMALL);
  const many = writeBackups(root, 'many', MANY_SIZE);
  const hasNginx = process.env.PATH.split(delimiter).some((folder) => existsSync(join(folder, 'nginx')));
  const ours = await run(startDrawbridge(home, root));
  const naive = await run(startNaive(root));
  const contenders = [
    ['Drawbridge, encrypted', ours, big.encrypted],
    ['Drawbridge, plain file', ours, big.plain],
    ['createReadStream + createDecipheriv + pipeline', naive, big.encrypted],
    ...(hasNginx ? [['nginx sendfile, plain file', await run(startNginx(home, root)), big.plain]] : []),
  ];

  const whole = (read) =>
    alternating(
      contenders.map(([, server, file]) => async () => {
        const url = await server.mint(file);
        return measured(server, () => read(url));
      }),
    );
  const raw = await whole(readRaw);
  const byCurl = process.argv.includes('--curl') ? await whole(readByCurl) : undefined;
  const perGib = (1024 * MIB) / SIZE;
  console.log(`\n${SIZE / MIB} MiB, medians of ${ROUNDS}\n`);
  table(
    [
      '',
      'seconds',
      'server CPU s/GiB',
      'first byte ms',
      'RSS growth MiB',
      ...(byCurl ? ['curl seconds'] : []),
    ],
    contenders.map(([name], index) => [
      name,
      raw[index].seconds.toFixed(2),
      (raw[index].cpu * perGib).toFixed(2),
      raw[index].firstByteMs.toFixed(1),
      raw[index].growth.toFixed(0),
      ...(byCurl ? [byCurl[index].seconds.toFixed(2)] : []),
    ]),
  );
  const [encrypted, plain, alternative, nginx] = raw;
  const ratios = [
    ['naive seconds / ours', alternative.seconds / encrypted.seconds, 'at least 1.6'],
    ['our CPU / naive CPU', encrypted.cpu / alternative.cpu, 'at most 0.6'],
  ];
  if (nginx)
    ratios.push(
      ['our seconds / nginx, encrypted', encrypted.seconds / nginx.seconds, 'at most 1.3'],
      ['our seconds / nginx, plain file', plain.seconds / nginx.seconds, 'at most 1.3'],
    );

  const cut = Math.floor(SIZE * 0.99);
  const quarter = SIZE / 4;
  const [one, resumed, four, little] = await alternating([
    async () => {
      const url = await ours.mint(big.encrypted);
      return measured(ours, () => readRaw(url));
    },
    async () => {
      const url = await ours.mint(big.encrypted);
      await readRaw(url, { stopAfter: cut });
      return measured(ours, () => readRaw(url, { range: `${cut}-` }));
    },
    async () => {
      const url = await ours.mint(big.encrypted);
      return measured(ours, async () => {
        const before = performance.now();
        const parts = [0, 1, 2, 3].map((part) => `${part * quarter}-${(part + 1) * quarter - 1}`);
        await Promise.all(parts.map((range) => readRaw(url, { range })));
        return { seconds: (performance.now() - before) / 1000 };
      });
    },
    async () => {
      const url = await ours.mint(small.encrypted);
      return measured(ours, () => readRaw(url));
    },
  ]);
  ratios.push(
    ['resume at 99 % / whole, seconds', resumed.seconds / one.seconds, 'at most 0.03'],
    ['four ranges / one stream, seconds', four.seconds / one.seconds, 'at most 1'],
    ['first byte of the large file, ms', one.firstByteMs, 'under 20'],
    ['first byte of 16 MiB, ms', little.firstByteMs, 'under 20'],
  );
  table(
    ['', 'measured', 'target'],
    ratios.map(([name, ratio, target]) => [name, ratio.toFixed(3), target]),
  );

  const together = (server) => async () => {
    const urls = await Promise.all(Array.from({ length: MANY }, () => server.mint(many.encrypted)));
    return measured(server, async () => {
      const before = performance.now();
      await Promise.all(urls.map((url) => readRaw(url)));
      return { seconds: (performance.now() - before) / 1000 };
    });
  };
  const crowds = await alternating([together(ours), together(naive)]);
  const mib = (MANY * MANY_SIZE) / MIB;
  table(
    [
      `${MANY} downloads of ${MANY_SIZE / MIB} MiB at once`,
      'seconds',
      'MiB/s',
      'server CPU s',
      'RSS growth MiB',
    ],
    ['Drawbridge, encrypted', 'createReadStream + createDecipheriv + pipeline'].map((name, index) => [
      name,
      crowds[index].seconds.toFixed(2),
      (mib / crowds[index].seconds).toFixed(0),
      crowds[index].cpu.toFixed(2),
      crowds[index].growth.toFixed(0),
    ]),
  );
} finally {
  for (const server of started) await server.stop();
  rmSync(home, { recursive: true, force: true });
}
