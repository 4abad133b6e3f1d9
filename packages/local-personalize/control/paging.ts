import { ServiceError } from "../errors.ts";

export interface PageInput {
    nextToken?: string;
    maxResults?: number;
}

const largestPage = 100;

/**
 * One page of `items`, which are in a stable order by `id`. A token continues after the last returned id: items that
 * are
 * added or deleted between two calls neither repeat nor hide another one. `query` (operation and filters) is part of
 * the token. Throws InvalidNextTokenException for a token of another query, or for any other text.
 */
export function pageOf<Item extends { id: number }>(items: Item[], input: PageInput, query: string) {
    const after = input.nextToken === undefined ? -1 : readToken(input.nextToken, query);
    const rest = items.filter(({ id }) => id > after);
    const page = rest.slice(0, input.maxResults ?? largestPage);
    const last = page.at(-1);
    return last && page.length < rest.length ? { page, nextToken: writeToken(last.id, query) } : { page };
}

const writeToken = (after: number, query: string) => Buffer.from(JSON.stringify([after, query])).toString("base64url");

function readToken(token: string, query: string): number {
    try {
        const [after, ofQuery] = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
        if (typeof after === "number" && ofQuery === query) return after;
    } catch {}
    throw new ServiceError("InvalidNextTokenException", "The token is not valid for this call.");
}
