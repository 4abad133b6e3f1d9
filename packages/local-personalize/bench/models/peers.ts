import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Lists } from "./figures.ts";
import type { Trials } from "./trials.ts";

interface Peer {
    readonly name: string;
    /** The settings with the best NDCG@10 on the first half of the folds. */
    readonly settings: string;
    /** NDCG@10 of the chosen settings on the first half of the folds. */
    readonly tuned: number;
    /** Lists for the users of the second half of the folds. */
    readonly lists: Lists;
}

/**
 * Returns the lists of the models in peers.py, which prints its progress to stderr.
 *
 * @throws Error when the script fails
 */
export async function peerLists(python: string, trials: Trials): Promise<Peer[]> {
    const folder = await mkdtemp(join(tmpdir(), "bench-models-"));
    try {
        const file = join(folder, "trials.json");
        const { histories, folds, truthsOf, interactions } = trials;
        const truths = histories.map((_, user) => truthsOf(user));
        await writeFile(file, JSON.stringify({ histories, folds, truths, items: interactions.itemIds.length }));
        const script = new URL("peers.py", import.meta.url).pathname;
        const child = spawn(python, [script, file], { stdio: ["ignore", "pipe", "inherit"] });
        const exit = once(child, "exit");
        const peers: Peer[] = [];
        for await (const line of createInterface({ input: child.stdout })) peers.push(peerOf(JSON.parse(line), folds));
        const [code] = await exit;
        if (code !== 0) throw new Error(`${script} failed with exit code ${code}.`);
        return peers;
    } finally {
        await rm(folder, { recursive: true });
    }
}

interface Line {
    readonly peer: string;
    readonly settings: readonly (number | null)[];
    readonly tuned: number;
    readonly lists: Readonly<Record<string, number[][]>>;
}

function peerOf({ peer, settings, tuned, lists }: Line, folds: Trials["folds"]): Peer {
    const byUser = Object.entries(lists).flatMap(([fold, foldLists]) =>
        (folds[Number(fold)] ?? []).map((user, at) => [user, foldLists[at] ?? []] as const),
    );
    const shown = settings.map((value) => value ?? "all").join(" ");
    return { name: peer, settings: shown, tuned, lists: new Map(byUser) };
}
