import { nearest, shell } from "terminal-text";

/** Records why a value is invalid. `member` is appended to the key's path, for example `.team` or `[0]`. */
export type Refuse = (reason: string, member?: string) => void;

/** What the table of keys states in addition to type and default. */
export interface About<T> {
    /** Description in Markdown for docs/configuration.md. Pulumi.yaml contains it as plain text. */
    readonly description: string;
    /**
     * Resources that a change of the value affects, with the signs that docs/configuration.md explains:
     * `~ Campaign, +- Filter`. Functions, policies, budget and alarms are not listed, because most keys change them.
     */
    readonly changes?: string;
    /** Other effects of a change, in Markdown. */
    readonly effect?: string;
    /**
     * Another valid value for tests; undefined if it needs a file or a resource. A number's is by default one more or
     * less than the default of the key.
     */
    readonly other?: unknown;
    /** Values that other keys must have while this key has the test value `other`. */
    readonly otherNeeds?: Readonly<Record<string, unknown>>;
    /** Rejects values that have the right type but are not allowed. */
    readonly check?: (value: T, refuse: Refuse) => void;
    /** Whether the value is the path of a file that must exist. */
    readonly isFile?: boolean;
    /**
     * Whether the value may be a secret (`pulumi config set --secret`), because it is used only as an input of
     * resources.
     */
    readonly maySecret?: boolean;
}

/** A configuration key: how to parse it, and its texts for documents and tests. */
export interface Key<T> extends Omit<About<T>, "check"> {
    readonly default: unknown;
    /** Description of valid values, for errors and documents: `a whole number from 1 to 30`. */
    readonly type: string;
    /** Parses the text of the key `name`. If it calls `refuse`, the result is not used. */
    readonly read: (text: string, refuse: Refuse, name: string) => T;
    /** The members of an object with a fixed set of members. */
    readonly members?: Table;
}

/** Keys by name, or members by name. */
export type Table = Readonly<Record<string, Key<unknown>>>;

/** The parsed values of a table of keys. */
export type ValuesOf<T extends Table> = { readonly [Name in keyof T]: T[Name] extends Key<infer V> ? V : never };

/**
 * Parses the values of a table. `get` returns the text of a key, or undefined if the key is not set. `refuse` receives
 * the path of an invalid value, relative to the table. `start` is the table's own path, with a dot at its end.
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
            return [name, key.read(get(name) ?? toConfigText(key.default), refuseIt, `${start}${name}`)];
        }),
    ) as ValuesOf<T>;

/** Returns a value as the text that the engine passes: an object or a list is JSON. */
export const toConfigText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

/** Creates a key. `check` validates a value that `read` accepted. */
function createKey<T>(start: Pick<Key<T>, "default" | "type" | "read">, { check, ...about }: About<T>): Key<T> {
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
    createKey({ default: initial, type: "a text", read: (value) => value }, about);

/** Returns the same key, but with the value undefined if its text is empty. */
export const orNone = <T>(key: Key<T>): Key<T | undefined> => ({
    ...key,
    read: (value, refuse, name) => (value === "" ? undefined : key.read(value, refuse, name)),
});

/** Creates a key with a text value; undefined by default. */
export const optional = (about: About<string>) => orNone(text("", about));

/** Rejects texts that do not match the pattern. */
export const matches =
    (pattern: RegExp, otherwise: string) =>
    (value: string, refuse: Refuse): void => {
        if (!pattern.test(value)) refuse(`is "${value}", ${otherwise}`);
    };

/** Creates a key with a fixed set of text values. */
export function oneOf<const T extends string>(allowed: readonly T[], initial: NoInfer<T>, about: About<T>): Key<T> {
    const type = allowed.join(" or ");
    const other = allowed.find((one) => one !== initial);
    const read = (value: string, refuse: Refuse) => {
        const one = allowed.find((choice) => choice === value);
        if (one === undefined) refuse(`is "${value}"; it must be ${type}`);
        return one ?? initial;
    };
    return createKey({ default: initial, type, read }, { other, ...about });
}

/** `true` or `false`. */
export function flag(initial: boolean, about: About<boolean>): Key<boolean> {
    const type = "true or false";
    const read = (value: string, refuse: Refuse) => {
        if (value !== "true" && value !== "false") refuse(`is "${value}"; it must be ${type}`);
        return value === "true";
    };
    return createKey({ default: initial, type, read }, { other: !initial, ...about });
}

interface Bounds {
    readonly least: number;
    /** A limit of AWS, or the largest value with a use: preview refuses a slip of the keyboard. */
    readonly most: number;
}

/** Parses a number in decimal notation; returns NaN for any other text, such as `0x10` or `1e9`. */
const parseDecimal = (text: string) => (/^-?(?:\d+\.)?\d+$/.test(text) ? Number(text) : Number.NaN);

function createNumberKind(kind: string, isOne: (value: number) => boolean) {
    return (initial: number | "", { least, most, ...about }: About<number> & Bounds) => {
        const type = `a ${kind} from ${least} to ${most}`;
        const other = Number(initial) < most ? Number(initial) + 1 : most - 1;
        const read = (text: string, refuse: Refuse) => {
            const value = parseDecimal(text);
            if (!(value >= least && value <= most && isOne(value))) refuse(`is "${text}"; it must be ${type}`);
            return value;
        };
        return createKey({ default: initial, type, read }, { other, ...about });
    };
}

export const whole = createNumberKind("whole number", Number.isInteger);
export const decimal = createNumberKind("number", Number.isFinite);

/** Parses a JSON object; returns undefined for any other text. */
function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
    const value = json(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

/** Parses JSON; returns undefined for any other text. */
function json(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

/**
 * Creates a key whose value is an object. `member` parses each member. `of` describes the members in messages, and
 * `example` completes the command `pulumi config set --path <name>.`.
 */
function createObjectKey<T>(
    [of, example]: readonly [of: string, example: string],
    about: About<Readonly<Record<string, T>>>,
    member: (value: unknown) => { readonly value?: T; readonly reason?: string },
): Key<Readonly<Record<string, T>>> {
    const type = `an object of names and ${of}`;
    const read = (text: string, refuse: Refuse, name: string) => {
        const value = parseObject(text);
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
    return createKey({ default: {}, type, read }, about);
}

/** Creates a key whose value is an object of texts. */
export const texts = (about: About<Readonly<Record<string, string>>>) =>
    createObjectKey(["texts", "<name> <value>"], about, (value) =>
        typeof value === "string" ? { value } : { reason: "it must be a text" },
    );

/** Creates a key whose value is an object of numbers from `least` to `most`. Pulumi may pass a number as text. */
export const numbers = ({ least, most, ...about }: About<Readonly<Record<string, number>>> & Bounds) =>
    createObjectKey(["numbers", "<name> <number>"], about, (given) => {
        const value = typeof given === "number" ? given : parseDecimal(String(given));
        const isWithin = value >= least && value <= most;
        return { value, ...(!isWithin && { reason: `it must be a number from ${least} to ${most}` }) };
    });

/** Creates a key whose value is an object with fixed members. A member that is not set has its default. */
export function members<T extends Table>(table: T, about: About<ValuesOf<T>>): Key<ValuesOf<T>> {
    const names = Object.keys(table);
    const type = `an object of ${names.join(", ")}`;
    const read = (text: string, refuse: Refuse, name: string) => {
        const given = parseObject(text);
        if (given === undefined) {
            const commands = names.map((one) => `\`pulumi config set --path ${name}.${one} <value>\``).join(", ");
            refuse(`is ${JSON.stringify(text)}; it must be ${type}: ${commands}`);
        }
        for (const unknown of Object.keys(given ?? {}).filter((one) => !names.includes(one))) {
            const meant = nearest(unknown, names);
            const hint = meant === undefined ? `Its members are ${names.join(", ")}.` : `Did you mean ${meant}?`;
            const command = `Remove it with \`pulumi config rm --path ${shell(`${name}.${unknown}`)}\``;
            refuse(`is not a member of ${name}. ${hint} ${command}`, `.${unknown}`);
        }
        const get = (one: string) => (given && one in given ? toConfigText(given[one]) : undefined);
        return readTable(table, get, (path, reason) => refuse(reason, `.${path}`), `${name}.`);
    };
    const initial = Object.fromEntries(Object.entries(table).map(([name, key]) => [name, key.default]));
    return { ...createKey({ default: initial, type, read }, about), members: table };
}

/** Creates a key whose value is a list of texts. */
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
    return createKey({ default: [], type, read }, about);
}
