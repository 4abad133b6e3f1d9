import { nearest } from "terminal-text";

/** Records why a value is invalid; `member` continues the key's path, for example `.team` or `[0]`. */
export type Refuse = (reason: string, member?: string) => void;

/** What a row of the table of keys says beside the type and the default. */
export interface About<T> {
    /** Markdown for docs/configuration.md. Pulumi.yaml has it as plain text. */
    readonly description: string;
    /** Resources that a change of the value affects, in the signs of docs/configuration.md: `~ Campaign, +- Filter`. */
    readonly changes?: string;
    /** Markdown: what else a change does. */
    readonly effect?: string;
    /** Another valid value for tests; undefined if it needs a file or a resource. */
    readonly other?: unknown;
    /** Values of other keys that `other` needs. */
    readonly otherNeeds?: Readonly<Record<string, unknown>>;
    /** Refuses values that have the right type and are invalid. */
    readonly check?: (value: T, refuse: Refuse) => void;
    /** Whether the value is the path of a file that must exist. */
    readonly isFile?: boolean;
    /** Whether `pulumi config set --secret` may encrypt it: the value reaches only inputs of resources. */
    readonly maySecret?: boolean;
}

/** A configuration key: how to read it, and what documents and tests say about it. */
export interface Key<T> extends Omit<About<T>, "check"> {
    readonly default: unknown;
    /** What a value must be, for errors and documents: `a whole number of at least 1`. */
    readonly type: string;
    /** The value of the text of the key `name`. A refused value may have any form. */
    readonly read: (text: string, refuse: Refuse, name: string) => T;
    /** The members of an object that has a fixed set of them. */
    readonly members?: Table;
}

/** Keys by name, or members of a key. */
export type Table = Readonly<Record<string, Key<unknown>>>;

/** The values of a table. */
export type ValuesOf<T extends Table> = { readonly [Name in keyof T]: T[Name] extends Key<infer V> ? V : never };

/**
 * Reads the values of a table. `get` returns the text of a name, and undefined for the default. `refuse` gets the path
 * under the table. `start` is the table's own path with a dot.
 */
export const readTable = <T extends Table>(
    table: T,
    get: (name: string) => string | undefined,
    refuse: (path: string, reason: string) => void,
    start = "",
): ValuesOf<T> =>
    Object.fromEntries(
        Object.entries(table).map(([name, key]) => {
            const refuseIt: Refuse = (reason, member = "") => refuse(`${name}${member}`, reason);
            return [name, key.read(get(name) ?? textOf(key.default), refuseIt, `${start}${name}`)];
        }),
    ) as ValuesOf<T>;

/** A text as the engine hands over a value: an object or a list as JSON. */
export const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

/** Makes a key. Its `check` judges a value that `read` does not refuse as a whole. */
function keyOf<T>(start: Pick<Key<T>, "default" | "type" | "read">, { check, ...about }: About<T>): Key<T> {
    return {
        ...start,
        ...about,
        read(text, refuse, name) {
            let isRefused = false;
            const noting: Refuse = (reason, member) => {
                isRefused ||= member === undefined;
                refuse(reason, member);
            };
            const value = start.read(text, noting, name);
            if (!isRefused) check?.(value, refuse);
            return value;
        },
    };
}

/** Any text. */
export const text = (initial: string, about: About<string>): Key<string> =>
    keyOf({ default: initial, type: "a text", read: (value) => value }, about);

/** A key whose empty value means that it is not set. */
export const orNone = <T>(key: Key<T>): Key<T | undefined> => ({
    ...key,
    read: (value, refuse, name) => (value === "" ? undefined : key.read(value, refuse, name)),
});

/** A text; undefined by default. */
export const optional = (about: About<string>) => orNone(text("", about));

/** Refuses a text without the pattern. */
export const matches =
    (pattern: RegExp, otherwise: string) =>
    (value: string, refuse: Refuse): void => {
        if (!pattern.test(value)) refuse(`is "${value}", ${otherwise}`);
    };

/** One of some texts. */
export function oneOf<const T extends string>(allowed: readonly T[], initial: NoInfer<T>, about: About<T>): Key<T> {
    const type = allowed.join(" or ");
    const other = allowed.find((one) => one !== initial);
    const read = (value: string, refuse: Refuse) => {
        const one = allowed.find((choice) => choice === value);
        if (one === undefined) refuse(`is "${value}"; it must be ${type}`);
        return one ?? initial;
    };
    return keyOf({ default: initial, type, read }, { other, ...about });
}

/** `true` or `false`. */
export function flag(initial: boolean, about: About<boolean>): Key<boolean> {
    const type = "true or false";
    const read = (value: string, refuse: Refuse) => {
        if (value !== "true" && value !== "false") refuse(`is "${value}"; it must be ${type}`);
        return value === "true";
    };
    return keyOf({ default: initial, type, read }, { other: !initial, ...about });
}

interface Bounds {
    readonly least: number;
    readonly most?: number;
}

function numberOf(kind: string, isOne: (value: number) => boolean) {
    return (initial: number | "", { least, most = Number.POSITIVE_INFINITY, ...about }: About<number> & Bounds) => {
        const type = `a ${kind} of at least ${least}${most === Number.POSITIVE_INFINITY ? "" : ` and at most ${most}`}`;
        const other = Number(initial) + 1;
        const read = (text: string, refuse: Refuse) => {
            const value = Number(text || Number.NaN);
            if (!(value >= least && value <= most && isOne(value))) refuse(`is "${text}"; it must be ${type}`);
            return value;
        };
        return keyOf({ default: initial, type, read }, { other, ...about });
    };
}

export const whole = numberOf("whole number", Number.isInteger);
export const decimal = numberOf("number", Number.isFinite);

/** The object of JSON; undefined if the text is no object. */
function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
    const value = json(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

/** The value of JSON; undefined if the text is not JSON. */
function json(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

/** An object, with the members that `member` accepts. `example` continues `pulumi config set --path <name>.`. */
function objectOf<T>(
    [of, example]: readonly [of: string, example: string],
    about: About<Readonly<Record<string, T>>>,
    member: (value: unknown) => { readonly value?: T; readonly reason?: string },
): Key<Readonly<Record<string, T>>> {
    const type = `an object of names and ${of}`;
    const read = (text: string, refuse: Refuse, name: string) => {
        const value = objectIn(text);
        if (value === undefined) {
            const command = `\`pulumi config set --path ${name}.${example}\``;
            refuse(`is ${JSON.stringify(text)}; it must be ${type}: ${command}`);
            return {};
        }
        const members = Object.entries(value).flatMap(([key, inner]) => {
            const { value, reason } = member(inner);
            if (reason !== undefined) refuse(`is ${JSON.stringify(inner)}; ${reason}`, `.${key}`);
            return value === undefined ? [] : [[key, value] as const];
        });
        return Object.fromEntries(members);
    };
    return keyOf({ default: {}, type, read }, about);
}

/** An object of texts. */
export const texts = (about: About<Readonly<Record<string, string>>>) =>
    objectOf(["texts", "<name> <value>"], about, (value) =>
        typeof value === "string" ? { value } : { reason: "it must be a text" },
    );

/** An object of numbers from `least` to `most`. Pulumi may write a number as text. */
export const numbers = ({ least, most, ...about }: About<Readonly<Record<string, number>>> & Required<Bounds>) =>
    objectOf(["numbers", "<name> <number>"], about, (given) => {
        const isNumeric = typeof given === "number" || (typeof given === "string" && given.trim() !== "");
        const value = isNumeric ? Number(given) : Number.NaN;
        const isWithin = value >= least && value <= most;
        return { value, ...(!isWithin && { reason: `it must be a number from ${least} to ${most}` }) };
    });

/** An object of a fixed set of members. A member that is not set has its default. */
export function members<T extends Table>(table: T, about: About<ValuesOf<T>>): Key<ValuesOf<T>> {
    const names = Object.keys(table);
    const type = `an object of ${names.join(", ")}`;
    const read = (text: string, refuse: Refuse, name: string) => {
        const given = objectIn(text);
        if (given === undefined) {
            const commands = names.map((one) => `\`pulumi config set --path ${name}.${one} <value>\``).join(", ");
            refuse(`is ${JSON.stringify(text)}; it must be ${type}: ${commands}`);
        }
        for (const unknown of Object.keys(given ?? {}).filter((one) => !names.includes(one))) {
            const meant = nearest(unknown, names);
            const hint = meant === undefined ? `Its members are ${names.join(", ")}.` : `Did you mean ${meant}?`;
            const command = `Remove it with \`pulumi config rm --path ${name}.${unknown}\``;
            refuse(`is not a member of ${name}. ${hint} ${command}`, `.${unknown}`);
        }
        const get = (one: string) => (given && one in given ? textOf(given[one]) : undefined);
        return readTable(table, get, (path, reason) => refuse(reason, `.${path}`), `${name}.`);
    };
    const initial = Object.fromEntries(Object.entries(table).map(([name, key]) => [name, key.default]));
    return { ...keyOf({ default: initial, type, read }, about), members: table };
}

/** A list of texts. */
export function list(about: About<readonly string[]>): Key<readonly string[]> {
    const type = "a list of texts";
    const read = (text: string, refuse: Refuse, name: string) => {
        const value = json(text);
        if (!Array.isArray(value) || value.some((inner) => typeof inner !== "string")) {
            const command = `\`pulumi config set --path '${name}[0]' <value>\``;
            refuse(`is ${JSON.stringify(text)}; it must be ${type}: ${command}`);
            return [];
        }
        return value;
    };
    return keyOf({ default: [], type, read }, about);
}
