import { type ItemScores, packItems } from "../serving/item-scores.ts";

/** One line of a batch job's output. */
export type OutputLine =
    | { readonly userId: string; readonly items: ItemScores }
    /** An error: a viewer for whom the job made no list, or an unreadable line (`userId` undefined). */
    | { readonly userId: string | undefined; readonly error: string };

/**
 * Reads one line: `{"input":{"userId":"4"},"output":{"recommendedItems":["1"],"scores":[0.1]},"error":null}` (developer
 * guide, "Batch inference job output examples"). A list without items is an error.
 */
export function readOutputLine(text: string, length: number): OutputLine {
    let line: {
        readonly input?: { readonly userId?: unknown };
        readonly output?: { readonly recommendedItems?: unknown; readonly scores?: unknown } | null;
        readonly error?: unknown;
    };
    try {
        line = JSON.parse(text) ?? {};
    } catch {
        return { userId: undefined, error: "a line of the output is not JSON" };
    }
    const userId = typeof line.input?.userId === "string" ? line.input.userId : undefined;
    const items = line.output?.recommendedItems;
    if (userId === undefined || !Array.isArray(items) || items.length === 0) {
        return {
            userId,
            error: typeof line.error === "string" && line.error !== "" ? line.error : "the list is empty",
        };
    }
    const scores = Array.isArray(line.output?.scores) ? line.output.scores : [];
    const list = items.slice(0, length).map((item, at) => {
        const score: unknown = scores[at];
        return { itemId: String(item), ...(typeof score === "number" && { score }) };
    });
    return { userId, items: packItems(list) };
}

/** A line of text, and the position in bytes after its end. */
export interface TextLine {
    readonly text: string;
    readonly end: number;
}

const LF = 0x0a;

/** Splits bytes that start at position `start` of a file into lines. The last line may lack a line end. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>, start = 0): AsyncGenerator<TextLine> {
    let [rest, end]: [Buffer, number] = [Buffer.alloc(0), start];
    for await (const chunk of chunks) {
        rest = Buffer.concat([rest, chunk]);
        let from = 0;
        for (let at = rest.indexOf(LF); at >= 0; at = rest.indexOf(LF, from)) {
            end += at + 1 - from;
            const text = rest.toString("utf8", from, at);
            from = at + 1;
            if (text.trim() !== "") yield { text, end };
        }
        rest = rest.subarray(from);
    }
    if (rest.length > 0) yield { text: rest.toString("utf8"), end: end + rest.length };
}
