/** A JSON value with the offset of its first character in the text. */
export type JsonNode = { readonly start: number } & (
    | { readonly type: "object"; readonly members: readonly JsonMember[] }
    | { readonly type: "array"; readonly items: readonly JsonNode[] }
    | { readonly type: "scalar"; readonly value: string | number | boolean | null }
);

export interface JsonMember {
    readonly name: string;
    /** Offset of the member's name. */
    readonly start: number;
    readonly node: JsonNode;
}

/** The error for a text that is not JSON, or that is nested too deeply. */
export class JsonError extends Error {
    readonly offset: number;
    constructor(message: string, offset: number) {
        super(message);
        this.offset = offset;
    }
}

const space = /[ \t\n\r]*/y;
const scalar = /"(?:[^"\\]|\\.)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * Parses JSON with positions, in linear time.
 *
 * @throws JsonError with the offset of the first invalid character, or of the value whose depth exceeds `maxDepth`
 */
export function parseJson(text: string, maxDepth: number): JsonNode {
    const reader = new Reader(text, maxDepth);
    const node = reader.value(0);
    reader.end();
    return node;
}

/** Returns the plain value of a node. If several members have one name, the last one counts. */
export function plain(node: JsonNode): unknown {
    switch (node.type) {
        case "object":
            // `fromEntries` creates own properties for all names, including __proto__.
            return Object.fromEntries(node.members.map((member) => [member.name, plain(member.node)]));
        case "array":
            return node.items.map(plain);
        case "scalar":
            return node.value;
    }
}

class Reader {
    #text: string;
    #maxDepth: number;
    #at = 0;
    constructor(text: string, maxDepth: number) {
        this.#text = text;
        this.#maxDepth = maxDepth;
    }

    value(depth: number): JsonNode {
        if (depth > this.#maxDepth) {
            throw new JsonError(`nested deeper than ${this.#maxDepth} levels`, this.#at);
        }
        this.#take(space);
        const start = this.#at;
        if (this.#skip("{")) {
            const members = this.#list("}", () => this.#member(depth));
            return { type: "object", members, start };
        }
        if (this.#skip("[")) {
            const items = this.#list("]", () => this.value(depth + 1));
            return { type: "array", items, start };
        }
        const token = this.#take(scalar);
        if (token === "") {
            throw this.#unexpected("a value");
        }
        return { type: "scalar", value: this.#scalar(token, start), start };
    }

    end(): void {
        this.#take(space);
        if (this.#at < this.#text.length) {
            throw this.#unexpected("the end");
        }
    }

    #member(depth: number): JsonMember {
        this.#take(space);
        const start = this.#at;
        const token = this.#text[start] === '"' ? this.#take(scalar) : "";
        if (token === "") {
            throw this.#unexpected("a name in double quotes");
        }
        const name = this.#scalar(token, start);
        this.#expect(":");
        return { name: String(name), start, node: this.value(depth + 1) };
    }

    #scalar(token: string, start: number): string | number | boolean | null {
        try {
            return JSON.parse(token);
        } catch {
            throw new JsonError("a string contains a control character or an unknown escape sequence", start);
        }
    }

    #list<T>(close: string, read: () => T): T[] {
        const all: T[] = [];
        this.#take(space);
        if (this.#skip(close)) {
            return all;
        }
        do {
            all.push(read());
            this.#take(space);
        } while (this.#skip(","));
        this.#expect(close);
        return all;
    }

    #expect(character: string): void {
        this.#take(space);
        if (!this.#skip(character)) {
            throw this.#unexpected(`"${character}"`);
        }
    }

    #skip(character: string): boolean {
        const isNext = this.#text[this.#at] === character;
        if (isNext) this.#at++;
        return isNext;
    }

    #take(pattern: RegExp): string {
        pattern.lastIndex = this.#at;
        const [token = ""] = pattern.exec(this.#text) ?? [];
        this.#at += token.length;
        return token;
    }

    #unexpected(wanted: string): JsonError {
        const character = this.#text[this.#at];
        return new JsonError(
            `${wanted} is expected, not ${character === undefined ? "the end" : `"${character}"`}`,
            this.#at,
        );
    }
}
