import { nearest, shell } from "terminal-text";
import { z } from "zod";

/** Records why a value is invalid. `member` is the name or index of the invalid part of an object or a list. */
export type Refuse = (reason: string, member?: string | number) => void;

/** What the table of keys states in addition to type and default. */
export interface About<T> {
    /** Description in Markdown for docs/configuration.md. Pulumi.yaml contains it as plain text. */
    readonly description: string;
    /**
     * Resources that a change of the value affects, by the signs that docs/configuration.md explains: `~ Campaign, Trail`.
     * Functions, policies, budget and alarms are not listed, because most keys change them.
     */
    readonly changes?: readonly string[];
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

/** A configuration key: its schema, and its texts for documents and tests. */
export interface Key<T> extends Omit<About<T>, "check"> {
    readonly default: unknown;
    /** Description of valid values, for errors and documents: `a whole number from 1 to 30`. */
    readonly type: string;
    /** Parses the text of the key. */
    readonly schema: z.ZodType<T>;
    /** The members of an object with a fixed set of members. */
    readonly members?: Table;
    /** The key of each element of a list, or of each member of an object with any names. */
    readonly element?: Key<unknown>;
}

/** Keys by name, or members by name. */
export type Table = Readonly<Record<string, Key<unknown>>>;

/** The parsed values of a table of keys. */
export type ValuesOf<T extends Table> = { readonly [Name in keyof T]: T[Name] extends Key<infer V> ? V : never };

/**
 * Parses the values of a table. `get` returns the text of a key, or undefined if the key is not set. `refuse` receives
 * the path of an invalid value and the reason. In the result, an invalid value is replaced with the key's default.
 */
export const readTable = <T extends Table>(
    table: T,
    get: (name: string) => string | undefined,
    refuse: (path: string, reason: string) => void,
): ValuesOf<T> =>
    Object.fromEntries(
        Object.entries(table).map(([name, key]) => {
            const initial = toConfigText(key.default);
            const text = get(name) ?? initial;
            const { data, error } = key.schema.safeParse(text);
            const problems = error?.issues.flatMap((issue) => explain(name, key, text, issue)) ?? [];
            for (const [path, reason] of new Map(problems)) refuse(path, reason);
            return [name, error === undefined ? data : key.schema.parse(initial)];
        }),
    ) as ValuesOf<T>;

/** Returns a value as the text that the engine passes: an object or a list is JSON. */
export const toConfigText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

/** Returns the paths and reasons of an issue that Zod found in the text of a key. */
function explain(name: string, key: Key<unknown>, text: string, issue: z.core.$ZodIssue): [string, string][] {
    const [member, ...deeper] = issue.path;
    const inner = key.element ?? key.members?.[String(member)];
    if (inner && member !== undefined && (deeper.length > 0 || issue.code === "unrecognized_keys")) {
        const innerText = toConfigText(JSON.parse(text)[member]);
        return explain(`${name}.${String(member)}`, inner, innerText, { ...issue, path: deeper });
    }
    if (issue.code === "unrecognized_keys") {
        return issue.keys.map((member) => [`${name}.${member}`, unknownMember(name, member, key.members)]);
    }
    if (member === undefined) {
        const reason = `is ${JSON.stringify(text)}; it must be ${key.type}${commandsFor(name, key)}`;
        return [[name, issue.code === "custom" ? issue.message : reason]];
    }
    const given = JSON.stringify(JSON.parse(text)[member]);
    const reason = issue.code === "custom" ? issue.message : `is ${given}; it must be ${inner?.type}`;
    return [[typeof member === "number" ? `${name}[${member}]` : `${name}.${String(member)}`, reason]];
}

function unknownMember(name: string, member: string, members: Table = {}): string {
    const names = Object.keys(members);
    const meant = nearest(member, names);
    const hint = meant === undefined ? `Its members are ${names.join(", ")}.` : `Did you mean ${meant}?`;
    const command = `Remove it with \`pulumi config rm --path ${shell(`${name}.${member}`)}\``;
    return `is not a member of ${name}. ${hint} ${command}`;
}

/** Returns the commands that set the parts of an object or a list; an empty text for other keys. */
function commandsFor(name: string, { members, element, default: initial }: Key<unknown>): string {
    const part = Array.isArray(initial) ? `'${name}[0]'` : `${name}.<name>`;
    const parts = element ? [part] : Object.keys(members ?? {}).map((member) => `${name}.${member}`);
    const commands = parts.map((path) => `\`pulumi config set --path ${path} <value>\``).join(", ");
    return commands && `: ${commands}`;
}

/** Creates a key. `check` validates a value that the schema accepted. */
const createKey = <T>(type: string, initial: unknown, schema: z.ZodType<T>, { check, ...about }: About<T>): Key<T> => ({
    ...{ default: initial, type, ...about },
    schema: schema.superRefine((value, { addIssue }) =>
        check?.(value, (message, member) =>
            addIssue({ code: "custom", message, path: member === undefined ? [] : [member] }),
        ),
    ),
});

/** Any text. */
export const text = (initial: string, about: About<string>): Key<string> =>
    createKey("a text", initial, z.string(), about);

/** Returns the same key, but with the value undefined if its text is empty. */
export const orNone = <T>(key: Key<T>): Key<T | undefined> => ({
    ...key,
    schema: z.preprocess((value) => (value === "" ? undefined : value), key.schema.optional()),
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
export const oneOf = <const T extends string>(allowed: readonly T[], initial: NoInfer<T>, about: About<T>): Key<T> =>
    createKey<T>(allowed.join(" or "), initial, z.enum(allowed), {
        other: allowed.find((one) => one !== initial),
        ...about,
    });

const boolean = z.stringbool({ truthy: ["true"], falsy: ["false"], case: "sensitive" });

/** `true` or `false`. */
export const flag = (initial: boolean, about: About<boolean>): Key<boolean> =>
    createKey("true or false", initial, boolean, { other: !initial, ...about });

interface Bounds {
    readonly least: number;
    /** A limit of AWS, or the largest value with a use: preview refuses a slip of the keyboard. */
    readonly most: number;
}

/** A number in decimal notation, unlike `0x10` or `1e9`. */
const decimalText = z
    .string()
    .regex(/^-?(?:\d+\.)?\d+$/)
    .transform(Number);

const createNumberKind =
    (kind: string, number: z.ZodNumber) =>
    (initial: number | "", { least, most, ...about }: About<number> & Bounds): Key<number> =>
        createKey(`a ${kind} from ${least} to ${most}`, initial, decimalText.pipe(number.min(least).max(most)), {
            other: Number(initial) < most ? Number(initial) + 1 : most - 1,
            ...about,
        });

export const whole = createNumberKind("whole number", z.int());
export const decimal = createNumberKind("number", z.number());

/** A value in an object: the engine passes a number or a boolean as such, or as text. */
const inObject = <T>(schema: z.ZodType<T>) => z.preprocess(toConfigText, schema);

/** An object or a list, which the engine passes as JSON. */
const json = <T>(schema: z.ZodType<T>) =>
    z.preprocess((value) => {
        try {
            return JSON.parse(String(value));
        } catch {
            return undefined;
        }
    }, schema);

/** Creates a key whose value is an object with any names. */
const record = <T>(of: string, element: Key<T>, about: About<Readonly<Record<string, T>>>) => ({
    ...createKey(`an object of names and ${of}`, {}, json(z.record(z.string(), element.schema)), about),
    element,
});

/** Creates a key whose value is an object of texts. */
export const texts = (about: About<Readonly<Record<string, string>>>) =>
    record<string>("texts", text("", { description: "" }), about);

/** Creates a key whose value is an object of numbers from `least` to `most`. */
export function numbers({ least, most, ...about }: About<Readonly<Record<string, number>>> & Bounds) {
    const element = decimal("", { least, most, description: "" });
    return record("numbers", { ...element, schema: inObject(element.schema) }, about);
}

/** Creates a key whose value is an object with fixed members. A member that is not set has its default. */
export function members<T extends Table>(table: T, about: About<ValuesOf<T>>): Key<ValuesOf<T>> {
    const of = <V>(value: (key: Key<unknown>) => V) =>
        Object.fromEntries(Object.entries(table).map(([name, key]) => [name, value(key)]));
    const shape = of(({ schema, default: initial }) => inObject(schema).prefault(initial));
    const schema = json(z.strictObject(shape)) as unknown as z.ZodType<ValuesOf<T>>;
    const initial = of((key) => key.default);
    return { ...createKey(`an object of ${Object.keys(table).join(", ")}`, initial, schema, about), members: table };
}

/** Creates a key whose value is an object of objects with fixed members. */
export function named<T extends Table>(table: T, about: About<Readonly<Record<string, ValuesOf<T>>>>) {
    const element = members(table, { description: "" });
    return record<ValuesOf<T>>("objects", { ...element, schema: inObject(element.schema) }, about);
}

/** Creates a key whose value is a list of texts. */
export const list = (about: About<readonly string[]>): Key<readonly string[]> => ({
    ...createKey("a list of texts", [], json(z.array(z.string())), about),
    element: text("", { description: "" }),
});
