import { Random } from './random.js';

/** The shop whose backups the demo shows. */
export interface Product {
  readonly id: number;
  readonly sku: string;
  readonly name: string;
  readonly cents: number;
  readonly stock: number;
}

export interface Customer {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly city: string;
}

/** When the demo's backups were taken. */
export const BACKUP_TIME = Date.UTC(2026, 0, 15, 3, 0, 0);

const FIRST = [
  'Ada',
  'Björn',
  'Chloé',
  'Dmitri',
  'Emre',
  'Fatima',
  'Grace',
  'Hana',
  'İlker',
  'Jürgen',
  'Łucja',
  'Noor',
];
const LAST = [
  'Aydın',
  'Brown',
  'Côté',
  'Dvořák',
  'Eriksen',
  "O'Hara",
  'Kowalski',
  'Lindqvist',
  'Müller',
  'Nakamura',
];
const CITIES = ['Ankara', 'Berlin', 'Göteborg', 'Kraków', 'Lyon', 'Osaka', 'Porto', 'Zürich'];
const ADJECTIVES = ['Oak', 'Copper', 'Linen', 'Slate', 'Brass', 'Walnut', 'Enamel', 'Wool'];
const THINGS = ['Lamp', 'Kettle', 'Chair', 'Blanket', 'Clock', 'Shelf', 'Vase', 'Tray'];

export function products(): Product[] {
  const random = new Random(1);
  return ADJECTIVES.flatMap((adjective) => THINGS.map((thing) => `${adjective} ${thing}`)).map(
    (name, at) => ({
      id: at + 1,
      sku: `DB-${random.hex(6).toUpperCase()}`,
      name,
      cents: 500 + random.below(20_000),
      stock: random.below(250),
    }),
  );
}

export function customers(count: number): Customer[] {
  const random = new Random(2);
  return Array.from({ length: count }, (_, at) => ({
    id: at + 1,
    name: `${random.pick(FIRST)} ${random.pick(LAST)}`,
    email: `customer${at + 1}@example.com`,
    city: random.pick(CITIES),
  }));
}
