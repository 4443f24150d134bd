/** A statement with its values apart: values never become part of the text, so nothing a user types can become SQL. */
export interface Sql {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Under this name each connection prepares it once and plans it a few times only. */
  readonly name?: string;
}

class Fragment implements Sql {
  readonly strings: readonly string[];
  readonly values: readonly unknown[];

  constructor(strings: readonly string[], values: readonly unknown[]) {
    this.strings = strings;
    this.values = values;
  }

  get text(): string {
    return this.strings.reduce((text, part, index) => `${text}$${index}${part}`);
  }
}

function build(strings: readonly string[], inputs: readonly unknown[]): Fragment {
  const outStrings: string[] = [strings[0] ?? ''];
  const outValues: unknown[] = [];
  const append = (text: string): void => {
    outStrings[outStrings.length - 1] = (outStrings.at(-1) ?? '') + text;
  };
  inputs.forEach((input, index) => {
    if (input instanceof Fragment) {
      append(input.strings[0] ?? '');
      outStrings.push(...input.strings.slice(1));
      outValues.push(...input.values);
    } else {
      outValues.push(input);
      outStrings.push('');
    }
    append(strings[index + 1] ?? '');
  });
  return new Fragment(outStrings, outValues);
}

/** `sql\`select … where id = ${id} and ${condition}\``: values become parameters, other `sql` pieces are woven in. */
export function sql(strings: TemplateStringsArray, ...inputs: readonly unknown[]): Sql {
  return build(strings, inputs);
}

/**
 * A statement that is asked all the time, prepared under a name of its own: its text must always be the same, and its best plan must not
 * depend on the values.
 */
export function prepared(name: string, { text, values }: Sql): Sql {
  return { name, text, values };
}

/** Nothing: for optional pieces. */
export const emptySql: Sql = new Fragment([''], []);

/** A quoted identifier, for the rare table or role name that is not written in the statement itself. */
export function identifier(name: string): Sql {
  return new Fragment([`"${name.replaceAll('"', '""')}"`], []);
}

/** Pieces with a constant separator between them. */
export function joinSql(pieces: readonly Sql[], separator = ', '): Sql {
  const strings = ['', ...pieces.slice(1).map(() => separator), ''];
  return pieces.length === 0 ? emptySql : build(strings, pieces);
}

/** `where a and b`, or nothing when there are no conditions. */
export function whereAll(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? emptySql : build(['where ', ''], [joinSql(conditions, ' and ')]);
}
