import { Random } from './random.js';
import { BACKUP_TIME, customers, products } from './shop.js';

const CUSTOMERS = 1_500;
const ORDERS = 4_000;
const PRODUCTS = products();
const DAY_MS = 86_400_000;

const HEADER = `--
-- PostgreSQL database dump: the demo shop of Drawbridge
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

CREATE TABLE customers (
    id integer PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL UNIQUE,
    city text NOT NULL
);

CREATE TABLE products (
    id integer PRIMARY KEY,
    sku text NOT NULL UNIQUE,
    name text NOT NULL,
    price numeric(10,2) NOT NULL,
    stock integer NOT NULL
);

CREATE TABLE orders (
    id integer PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers (id),
    product_id integer NOT NULL REFERENCES products (id),
    quantity integer NOT NULL,
    status text NOT NULL,
    ordered_at timestamp with time zone NOT NULL,
    note text
);
`;

/** A value of COPY's text format: NULL is `\N`; backslash, tab and line end are escaped. */
function field(value: string | number | null): string {
  if (value === null) return '\\N';
  return String(value).replace(
    /[\\\t\n\r]/g,
    (c) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n' })[c] ?? '\\r',
  );
}

type Row = Readonly<Record<string, string | number | null>>;

function copy(table: string, rows: readonly [Row, ...Row[]]): string {
  const lines = rows.map((row) => Object.values(row).map(field).join('\t'));
  return `\nCOPY ${table} (${Object.keys(rows[0]).join(', ')}) FROM stdin;\n${lines.join('\n')}\n\\.\n`;
}

function order(id: number, random: Random): Row {
  return {
    id,
    customer_id: 1 + random.below(CUSTOMERS),
    product_id: 1 + random.below(PRODUCTS.length),
    quantity: 1 + random.below(4),
    status: random.pick(['paid', 'shipped', 'delivered', 'returned']),
    ordered_at: new Date(BACKUP_TIME - random.below(365 * DAY_MS)).toISOString(),
    note: random.pick([
      null,
      null,
      null,
      'Please ring twice',
      'Gift wrap:\n"Happy birthday"',
      'C:\\orders\\late',
    ]),
  };
}

/** How many rows each table of {@link sqlDump} has. */
export const SQL_DUMP_ROWS = { customers: CUSTOMERS, products: PRODUCTS.length, orders: ORDERS } as const;

/** The demo shop's database as a plain dump for `psql`, about 400 kB. The same bytes at every call. */
export function sqlDump(): Buffer {
  const random = new Random(6);
  const tables = {
    customers: customers(CUSTOMERS).map((customer) => ({ ...customer })),
    products: PRODUCTS.map(({ cents, stock, ...rest }) => ({
      ...rest,
      price: (cents / 100).toFixed(2),
      stock,
    })),
    orders: Array.from({ length: ORDERS }, (_, at) => order(at + 1, random)),
  };
  const data = Object.entries(tables).map(([table, rows]) => copy(table, rows as [Row, ...Row[]]));
  return Buffer.from([HEADER, ...data, '\n-- End of the dump\n'].join(''), 'utf8');
}
