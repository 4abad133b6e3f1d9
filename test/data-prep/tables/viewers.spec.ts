import assert from "node:assert/strict";
import fc from "fast-check";
import { listViewers, maxListedViewers, parseViewerList } from "../../../data-prep/tables/viewers.ts";

describe("`listViewers` and `parseViewerList`", () => {
    it("`parseViewerList` returns true for each listed viewer and false for any other", () => {
        const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { maxLength: 200 });
        fc.assert(
            fc.property(ids, fc.nat(200), (all, cut) => {
                const [listed, strangers] = [all.slice(0, cut), all.slice(cut)];
                const has = parseViewerList(listViewers(listed) ?? "");
                assert.deepEqual(
                    listed.filter((id) => !has(id)),
                    [],
                );
                assert.deepEqual(strangers.filter(has), []);
            }),
        );
    });

    it("`listViewers` stores four bytes for each viewer, and returns undefined for too many viewers", () => {
        const ids = Array.from({ length: 3000 }, (_, at) => String(at));
        assert.equal(Buffer.from(listViewers(ids) ?? "", "base64").length, 12_000);
        assert.equal(listViewers(Array<string>(maxListedViewers + 1).fill("7")), undefined);
    });
});
