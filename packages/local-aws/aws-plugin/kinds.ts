import { canonical, type Properties, sameJson, sameMembers } from "./entry.ts";

/** The conversion of one property to API input and back. */
export interface Kind {
    /**
     * The path of the member in API input and output. By default, it is the property's name in the spelling of the
     * service's API, which the resource type's function `Spelling` returns.
     */
    readonly path?: string;
    /**
     * AWS's default. `toAws` sends this value for an omitted property, and `fromAws` does not report it as a
     * difference.
     */
    readonly or?: unknown;
    /** The value that an update sends after the program removed the property, for a property without a default. */
    readonly cleared?: unknown;
    /** Paths of all nested arguments; without paths, any value is accepted. `a.*` includes every key of a map. */
    readonly nested?: readonly string[];
    to?(value: unknown): unknown;
    from?(awsValue: unknown, state: unknown): unknown;
}

export type Kinds = Readonly<Record<string, Kind>>;

/** Converts a property's name to its name in the service's API. */
export type Spelling = (property: string) => string;

const upperCase: Spelling = (property) => property.charAt(0).toUpperCase() + property.slice(1);
export const asItIs: Spelling = (property) => property;

/** Conversion of a value that has the same form in Pulumi and in AWS's API. */
export const value: Kind = {};

/** Returns the conversion `kind` with another member path, and optionally with a default. */
export const memberAt = (path: string, kind: Kind = value, or: unknown = kind.or): Kind => ({ ...kind, path, or });

/** Returns the conversion `kind` for a property whose default value on AWS is `preset`. */
export const withDefault = (preset: unknown, kind: Kind = value): Kind => ({ ...kind, or: preset });

/** Returns the conversion `kind` with the value that an update sends after the program removed the property. */
export const clearsTo = (cleared: unknown, kind: Kind): Kind => ({ ...kind, cleared });

/** Conversion of a property that `toAws` and `fromAws` skip: the resource type's own calls read and write it. */
export const ownCalls: Kind = { path: "" };

/** Returns the API input for `values`. `olds` are the properties before an update. */
export function toAws(kinds: Kinds, values: object, olds: object = {}, spelling = upperCase): Properties {
    const input: Record<string, unknown> = {};
    for (const [property, kind] of Object.entries(kinds)) {
        const before = memberOf(olds, property);
        const given = memberOf(values, property) ?? kind.or ?? (before === undefined ? undefined : kind.cleared);
        if (given === undefined || kind.path === "") {
            continue;
        }
        const names = (kind.path ?? spelling(property)).split(".");
        const last = names.pop() ?? "";
        let inner = input;
        for (const name of names) {
            const next = { ...Object(inner[name]) };
            inner[name] = next;
            inner = next;
        }
        inner[last] = kind.to ? kind.to(given) : given;
    }
    return input;
}

/**
 * Returns the properties in an API response. Leaves out properties that the program omits and that have their default.
 */
export function fromAws(kinds: Kinds, awsValue: unknown, state: unknown, spelling = upperCase): Properties {
    const observed = Object.entries(kinds).flatMap(([property, kind]) => {
        if (kind.path === "") {
            return [];
        }
        const names = (kind.path ?? spelling(property)).split(".");
        const has = names.reduce(memberOf, awsValue);
        const was = memberOf(state, property);
        const pulumiValue = has === undefined ? kind.or : kind.from ? kind.from(has, was) : has;
        const isDefault = [undefined, kind.or, kind.cleared].some(
            (preset) => canonical(pulumiValue) === canonical(preset),
        );
        return was === undefined && isDefault ? [] : [[property, pulumiValue] as const];
    });
    return Object.fromEntries(observed);
}

/** Returns a member of a value; undefined if the value or the member is missing or null. */
export function memberOf(value: unknown, name: string): unknown {
    const member: unknown = value === null || typeof value !== "object" ? undefined : Reflect.get(value, name);
    return member ?? undefined;
}

/** Returns the paths of all nested arguments of the conversions `kinds`. */
export const nestedPaths = (kinds: Kinds): readonly string[] =>
    Object.entries(kinds).flatMap(([property, { nested = [] }]) => nested.map((path) => `${property}.${path}`));

/**
 * Conversion of an object with these members. If the program omits the object and AWS returns only defaults, the object
 * is left out.
 */
export function struct(members: Kinds, spelling = upperCase): Kind {
    return {
        nested: Object.entries(members).flatMap(([property, { nested }]) =>
            nested ? nested.map((path) => `${property}.${path}`) : [property],
        ),
        to: (given) => toAws(members, Object(given), {}, spelling),
        from(awsValue, state) {
            const observed = fromAws(members, awsValue, state, spelling);
            return Object.keys(observed).length > 0 || state !== undefined ? observed : undefined;
        },
    };
}

/** Returns conversions of properties that AWS nests inside the member `path`. */
export const inside = (path: string, kinds: Kinds, spelling = upperCase): Kinds =>
    Object.fromEntries(
        Object.entries(kinds).map(([name, kind]) => [name, memberAt(`${path}.${kind.path ?? spelling(name)}`, kind)]),
    );

/** Conversion of a list: converts each of its values with `of`. */
export const list = (of: Kind = value): Kind => ({
    ...(of.nested && { nested: of.nested }),
    to: (given) => elementsOf(given).map((each) => (of.to ? of.to(each) : each)),
    from(awsValue, state) {
        const were = elementsOf(state);
        // If AWS returns an empty list for an argument that the program omits, report no value.
        if (elementsOf(awsValue).length === 0 && state === undefined) return undefined;
        return elementsOf(awsValue).map((each, n) => (of.from ? of.from(each, were[n] ?? {}) : each));
    },
});

export const elementsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/**
 * Conversion of an object with the list `Items`. Adds the length of the list as `Quantity`, which CloudFront's API
 * requires.
 */
export const counted = (of: Kind): Kind => ({
    ...of,
    to(given) {
        const sent = of.to?.(given);
        return { Quantity: elementsOf(memberOf(sent, "Items")).length, ...Object(sent) };
    },
});

/** Conversion of a list that CloudFront's API represents as an object with `Quantity` and `Items`. */
export function items(of: Kind = value): Kind {
    const { nested, to, from } = list(of);
    return {
        ...counted({ to: (given) => ({ Items: to?.(given) }) }),
        ...(nested && { nested }),
        from: (awsValue, state) => from?.(memberOf(awsValue, "Items"), state),
    };
}

/** Conversion of a list in any order: keeps the program's order if AWS returns the same members. */
export const unordered = (of: Kind): Kind => ({
    ...of,
    from(awsValue, state) {
        const observed = of.from ? of.from(awsValue, state) : awsValue;
        return Array.isArray(state) ? sameMembers(state, elementsOf(observed)) : observed;
    },
});

/** Conversion of a single value that AWS stores as a list of one value. */
export const only = (of: Kind = value): Kind => ({
    ...of,
    to: (given) => [of.to ? of.to(given) : given],
    from: (awsValue, state) => (of.from ? of.from(elementsOf(awsValue)[0], state) : elementsOf(awsValue)[0]),
});

/** Conversion of a map that has the same form in Pulumi and AWS. */
export const map: Kind = { nested: ["*"] };

/** Conversion of a map that AWS stores as a list of names and values, such as tags and dimensions. */
export const pairs = (name: string): Kind => ({
    ...map,
    to: (given) => Object.entries(Object(given)).map(([key, inner]) => ({ [name]: key, Value: String(inner) })),
    from: (awsValue) =>
        Object.fromEntries(elementsOf(awsValue).map((each) => [memberOf(each, name), memberOf(each, "Value")])),
});

/**
 * Conversion of a map for which AWS also returns keys that the program does not set. Only the program's keys are
 * compared.
 */
export const partialMap = (spelling: Spelling): Kind => ({
    ...map,
    to: (given) => Object.fromEntries(Object.entries(Object(given)).map(([key, inner]) => [spelling(key), inner])),
    from(awsValue, state) {
        const given = Object.keys(Object(state)).map((key) => [key, memberOf(awsValue, spelling(key))]);
        return state && Object.fromEntries(given);
    },
});

export const numberText: Kind = { to: String, from: Number };
export const flagText: Kind = { to: String, from: (awsValue) => awsValue === "true" };

/** Conversion of a JSON document as text. Keeps the program's text if AWS returns an equal document. */
export const json: Kind = {
    from: (awsValue, state) => (awsValue === "" ? undefined : sameJson(state, String(awsValue))),
};

/** Conversion of a JSON document that AWS returns URL-encoded. */
export const encodedJson: Kind = { from: (awsValue, state) => sameJson(state, decodeURIComponent(String(awsValue))) };
