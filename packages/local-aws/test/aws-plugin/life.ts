import assert from "node:assert/strict";
import type { provider } from "@pulumi/pulumi";

export type Plugin = Required<provider.Provider>;

/** The life of one resource of a type. */
export interface Life {
    readonly type: string;
    args(): Record<string, unknown>;
    /** A change from outside. */
    drift(): Promise<unknown>;
    /** The changes that the next preview shows: properties, or that the resource is gone. */
    readonly seen: string[] | "gone";
}

export const urnOf = (type: string) => `urn:pulumi:local::movie-recommender::${type}::films`;

/**
 * Tests that each resource is created, has no difference then, shows a change from outside, and is repaired. Then all
 * are deleted in the opposite order.
 */
export function testLives(lives: readonly Life[], plugin: () => Plugin): void {
    const made = new Map<string, { id: string; outs: Record<string, unknown> }>();

    for (const { type, args, drift, seen } of lives) {
        it(`${type}: created, read without a difference, drift seen, repaired`, async () => {
            const urn = urnOf(type);
            const inputs = args();
            assert.deepEqual((await plugin().check(urn, {}, inputs)).failures, []);
            const { id, outs = {} } = await plugin().create(urn, inputs);
            made.set(type, { id, outs });
            const changes = async () => {
                const { id: found, props = {} } = await plugin().read(id, urn, outs);
                if (!found) {
                    return "gone";
                }
                const { changes } = await plugin().diff(id, urn, props, inputs);
                const differs = (key: string) => JSON.stringify(props[key]) !== JSON.stringify(inputs[key]);
                if (!changes) {
                    return [];
                }
                const known = Object.keys(props).filter((key) => key in inputs || !(key in outs));
                const differing = [...new Set([...Object.keys(inputs), ...known])].filter(differs);
                return differing.length > 0 ? differing : ["something computed"];
            };
            assert.deepEqual(await changes(), []);
            assert.deepEqual((await plugin().read(id, urn, outs)).props, outs, "a refresh changes nothing");

            await drift();
            assert.deepEqual(await changes(), seen);
            const { props: drifted = {} } = await plugin().read(id, urn, outs);
            const replaced =
                seen !== "gone" && (await plugin().diff(id, urn, { ...outs, [String(seen[0])]: 0 }, inputs));
            if (seen === "gone" || (replaced && (replaced.replaces ?? []).length > 0)) {
                const { id: again, outs: anew = {} } = await plugin().create(urn, inputs);
                made.set(type, { id: again, outs: anew });
                const { props = {} } = await plugin().read(again, urn, anew);
                assert.equal((await plugin().diff(again, urn, props, inputs)).changes, false);
                return;
            }
            await plugin().update(id, urn, drifted, inputs);
            assert.deepEqual(await changes(), []);
        });
    }

    it("deletes each; a second delete is not an error", async () => {
        for (const { type } of lives.toReversed()) {
            const { id, outs } = made.get(type) as { id: string; outs: Record<string, unknown> };
            await plugin().delete(id, urnOf(type), outs);
            await plugin().delete(id, urnOf(type), outs);
        }
        for (const { type } of lives) {
            const { id, outs } = made.get(type) as { id: string; outs: Record<string, unknown> };
            assert.equal((await plugin().read(id, urnOf(type), outs)).id, "", type);
        }
    });
}
