/** The parameters of a call in AWS's query protocol: a form whose names contain lists and structures. */
export interface Query {
    text(name: string): string | undefined;
    /** `Name.member.1`, `Name.member.2` and so on. */
    list(name: string): readonly string[];
    /** The prefixes of the structures in a list, as `Name.member.1`. */
    structures(name: string): readonly string[];
}

/** Parses the body of a call in the query protocol. */
export function readQuery(body: string): Query {
    const form = new URLSearchParams(body);
    const text = (name: string) => form.get(name) ?? undefined;
    const numbered = (name: string) => {
        const start = `${name}.member.`;
        const numbers = new Set<number>();
        for (const key of form.keys()) {
            const number = key.startsWith(start) ? /^[1-9]\d{0,5}/.exec(key.slice(start.length))?.[0] : undefined;
            if (number) numbers.add(Number(number));
        }
        return [...numbers].sort((a, b) => a - b).map((number) => start + number);
    };
    return {
        text,
        list: (name) => numbered(name).flatMap((member) => text(member) ?? []),
        structures: numbered,
    };
}
