import 'reflect-metadata';

const SECRET_FIELDS = Symbol('SecretFields');

/** Marks a field of an adapter's config as secret. It stands at the field, so that no list of names can miss one. */
export const Secret = (): PropertyDecorator => (prototype, field) => {
  const inherited = (Reflect.getMetadata(SECRET_FIELDS, prototype) ?? []) as string[];
  Reflect.defineMetadata(SECRET_FIELDS, [...inherited, String(field)], prototype);
};

/** The names of a config class's secret fields. */
export function secretFieldsOf(configClass: new () => object): readonly string[] {
  return (Reflect.getMetadata(SECRET_FIELDS, configClass.prototype as object) ?? []) as string[];
}
