import { registerEnumType } from "type-graphql";

/** type-graphql wants an object per enum; ours are unions of literals, so the object is made from the descriptions. */
export function enumOf<const Values extends Record<string, string>>(
  name: string,
  description: string,
  values: Values,
): Record<string, string> {
  const object = Object.fromEntries(Object.keys(values).map((value) => [value, value]));
  const valuesConfig = Object.fromEntries(
    Object.entries(values).map(([value, text]) => [value, { description: text }]),
  );
  registerEnumType(object, { name, description, valuesConfig });
  return object;
}

export function described(
  values: readonly string[],
  texts: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    values.map((value) => {
      const text = texts[value];
      if (text === undefined) throw new Error(`no description of ${value}`);
      return [value, text];
    }),
  );
}
