import { Random } from './random.js';
import { writeRdb, type RedisEntry } from './rdb-writer.js';
import { BACKUP_TIME, customers, products } from './shop.js';

/** Far enough away for every key to be there when somebody tries the demo. */
const EXPIRY = Date.UTC(2100, 0, 1);
const SESSIONS = 240;
const CARTS = 80;

function sessions(): RedisEntry[] {
  const random = new Random(3);
  return customers(SESSIONS).map(({ id, name, city }) => ({
    key: `session:${random.hex(32)}`,
    value: { type: 'string', value: JSON.stringify({ customerId: id, name, city }) },
    expiresAt: EXPIRY + random.below(1_000_000),
  }));
}

function stock(): RedisEntry[] {
  return products().map(({ id, sku, name, cents, stock }) => ({
    key: `product:${id}`,
    value: { type: 'hash', fields: { sku, name, price: (cents / 100).toFixed(2), stock: String(stock) } },
  }));
}

function carts(): RedisEntry[] {
  const random = new Random(4);
  const skus = products().map(({ sku }) => sku);
  return Array.from({ length: CARTS }, (_, at) => ({
    key: `cart:${at + 1}`,
    value: { type: 'list', members: Array.from({ length: 1 + random.below(6) }, () => random.pick(skus)) },
    expiresAt: EXPIRY,
  }));
}

function summaries(): RedisEntry[] {
  const random = new Random(5);
  const cities = new Set(customers(SESSIONS).map(({ city }) => city));
  const sold = products().map(({ sku }) => [sku, random.below(5_000)] as const);
  return [
    { key: 'cities', value: { type: 'set', members: [...cities] } },
    { key: 'bestsellers', value: { type: 'sortedSet', scores: Object.fromEntries(sold) } },
    { key: 'motd', value: { type: 'string', value: 'Free shipping this week 🚚' } },
  ];
}

const entries = (): RedisEntry[] => [...sessions(), ...stock(), ...carts(), ...summaries()];

/** What `DBSIZE` says of a Redis that loaded {@link redisDump}. */
export const REDIS_DUMP_KEYS = entries().length;

/** The demo shop's Redis as an RDB file; Redis 5 and later load it. The same bytes at every call. */
export function redisDump(): Buffer {
  return writeRdb(entries(), {
    'redis-ver': '7.0.15',
    'redis-bits': '64',
    ctime: String(BACKUP_TIME / 1000),
    'used-mem': '1048576',
  });
}
